import type { AnnouncedRecord, VideoRecord } from '../job/record-schema.ts';
import { toAnnounced } from './video-record.ts';

/** The source and the types of the events on EventBridge. */
export const EVENT_SOURCE = 'template-video';
export const DETAIL_TYPES = ['Video Ready', 'Video Failed'] as const;

/** The event of a video that has ended. */
export interface VideoEvent {
  readonly detailType: (typeof DETAIL_TYPES)[number];
  readonly detail: AnnouncedRecord;
}

export function toVideoEvent(record: VideoRecord): VideoEvent {
  const detailType = record.error === undefined ? 'Video Ready' : 'Video Failed';
  return { detailType, detail: toAnnounced(record) };
}
