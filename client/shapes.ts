import type { AcceptedVideo, Upload, Usage, Video, VideoList } from '../lambdas/core/api/response.ts';
import type { VideoHistory, Visit, Workflow } from '../lambdas/core/api/workflow-response.ts';
import type { Catalogue } from '../lambdas/core/minimax/templates.ts';
import { isVideoId } from './address.ts';

/** The least that this client needs of an answer. Other fields, also those of a younger service, are passed on as they came. */
export interface Shape<T> {
  /** @returns the first field that is wrong, '' for a body that is no object, and undefined for none */
  wrongField(body: unknown): string | undefined;
  /** Of the type alone. */
  readonly is?: T;
}

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isTextOrAbsent: Test = (value) => value === undefined || isText(value);
const isList: Test = Array.isArray;
const isObject: Test = (value) => typeof value === 'object' && value !== null;

function shapeOf<T>(fields: Readonly<Record<string, Test>>): Shape<T> {
  return {
    wrongField(body) {
      if (!isObject(body)) return '';
      const given = body as Readonly<Record<string, unknown>>;
      return Object.keys(fields).find((name) => fields[name]?.(given[name]) !== true);
    },
  };
}

const video = { video_id: isVideoId, status: isText, finished_at: isTextOrAbsent };

/** An answer about another video is none. */
export function videoShape(videoId: string): Shape<Video> {
  return shapeOf<Video>({ ...video, video_id: (value) => value === videoId });
}

/** A history of another video is none. */
export function historyShape(videoId: string): Shape<VideoHistory> {
  return shapeOf<VideoHistory>({
    video_id: (value) => value === videoId,
    states: (value) => Array.isArray(value) && value.every(isVisit),
    next_cursor: isTextOrAbsent,
  });
}

const isVisit: Test = (each) =>
  isObject(each) && isText((each as Visit).state) && isList((each as Visit).failed_tries);

export const WORKFLOW = shapeOf<Workflow>({ StartAt: isText, States: isObject });
export const ACCEPTED = shapeOf<AcceptedVideo>(video);
export const LIST = shapeOf<VideoList>({
  videos: (value) =>
    Array.isArray(value) && value.every((each) => isText(each?.video_id) && isText(each.status)),
  next_cursor: isTextOrAbsent,
});
export const USAGE = shapeOf<Usage>({ groups: isList });
export const CATALOGUE = shapeOf<Catalogue>({ templates: isList });
export const UPLOAD = shapeOf<Upload>({
  value: isText,
  upload: (value) => isObject(value) && URL.canParse((value as Upload['upload']).url),
});
