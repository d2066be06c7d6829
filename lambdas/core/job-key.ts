/** Under it lies everything that belongs to a video. */
export const VIDEO_PREFIX = 'videos/';

/** Where the job document of a video lies in the bucket. */
export function jobKey(videoId: string): string {
  return `${VIDEO_PREFIX}${videoId}/job.json`;
}

/** Where the file of a video lies in the bucket. */
export function videoKey(videoId: string): string {
  return `${VIDEO_PREFIX}${videoId}/video.mp4`;
}

/** Does the document record an end, of a video that was made, that failed or that was stopped? */
export function isFinal({ finished_at }: { readonly finished_at?: string }): boolean {
  return finished_at !== undefined;
}
