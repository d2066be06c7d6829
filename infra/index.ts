/** The public surface of the package `template-video`. */
export { InvalidSetting } from './settings.ts';
export { TemplateVideo, type TemplateVideoProps } from './template-video.ts';
export { VideoTable, type VideoTableProps } from './video-table.ts';
