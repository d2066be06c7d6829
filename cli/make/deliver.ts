import type { Video } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { openFile } from './open-file.ts';
import { shortPath } from './out-path.ts';
import { saveVideo } from './save-video.ts';

interface DeliverOptions {
  readonly path: string;
  readonly json: boolean;
  readonly open: boolean;
  readonly signal?: AbortSignal;
}

/** Downloads a video, prints the path of the file or the video as JSON, and opens the file where that is wanted. */
export async function deliver(video: Video, { path, json, open, signal }: DeliverOptions): Promise<void> {
  if (video.video === undefined || video.video === null) throw new Error('There is no video.');
  await saveVideo(video.video, path, signal);
  console.log(json ? printableJson({ ...video, path }) : shortPath(path));
  if (open) await openFile(path);
}
