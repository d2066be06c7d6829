/** The public surface of the package `template-video`. */
export type { FunctionNetwork } from './function-network.ts';
export type { TemplateVideoAttributes } from './imported-template-video.ts';
export { InvalidSetting } from './settings.ts';
export { TemplateVideo } from './template-video.ts';
export type { ITemplateVideo } from './template-video-base.ts';
export type { TemplateVideoProps, VideoDomain } from './template-video-props.ts';
export type { VideoFunctions } from './video-functions.ts';
export { VideoTable, type VideoTableProps } from './video-table.ts';
