import { UPLOAD_PREFIX, uploadPrefix } from '../storage-keys.ts';

/** Who may see, cancel and use the videos and uploads of an owner: that owner alone, or every caller of the API. */
export type Visibility = 'owner' | 'everyone';

/** May a caller see and cancel a video? @param ofVideo the owner of the video; a video that was started in the console has none */
export function mayUse(visibility: Visibility, caller: string, ofVideo: string | undefined): boolean {
  return visibility === 'everyone' || ofVideo === caller;
}

/**
 * Under which keys the uploads are that a request may use. @param owner absent for an execution that was started in the console: its
 * operator may read the whole bucket
 */
export function usableUploads(visibility: Visibility, owner: string | undefined): string {
  return visibility === 'everyone' || owner === undefined ? UPLOAD_PREFIX : uploadPrefix(owner);
}
