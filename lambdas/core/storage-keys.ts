/** Under it lies everything that belongs to a video. */
export const VIDEO_PREFIX = 'videos/';

/** Where the job document of a video lies in the bucket. */
export function jobKey(videoId: string): string {
  return `${VIDEO_PREFIX}${videoId}/job.json`;
}

/** Where the video itself lies. */
export function videoKey(videoId: string): string {
  return `${VIDEO_PREFIX}${videoId}/video.mp4`;
}

/** Where it is noted how far a copy has come that is not finished. */
export function copyNoteKey(videoId: string): string {
  return `${VIDEO_PREFIX}${videoId}/copy.json`;
}

/** Does the document record an end, of a video that was made, that failed or that was stopped? */
export function isFinal({ finished_at }: { readonly finished_at?: string }): boolean {
  return finished_at !== undefined;
}
