import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLoopback } from '../client/address.ts';
import {
  NoResponse,
  Stopped,
  TemplateVideoError,
  type Video,
  VideoFailed,
  type VideosClient,
} from '../client/index.ts';
import { EXAMPLE_IMAGE } from '../lambdas/core/minimax/templates.ts';
import { printableJson } from '../lambdas/core/text/plain.ts';
import { UserError } from '../local/user-error.ts';
import { connect } from './client/connect.ts';
import { createProgressLine } from './client/progress-line.ts';
import { Interrupted, type Interruption } from './command.ts';
import { readLocalEnvironment } from './environment.ts';
import { type Order, toRequest } from './order.ts';
import { prepareOut, shortPath } from './out-path.ts';
import { printStatus } from './print-status.ts';
import { saveVideo } from './save-video.ts';
import type { VideoFlags } from './video-flags.ts';

const NOTHING_SUBMITTED = 'Stopped before anything was submitted.';

/** Replaces the image of MiniMax's own example for a service on this machine, which may have no other network. */
const LOCAL_EXAMPLE = join(import.meta.dirname, '..', 'local', 'simulator', 'pet.jpg');

/** A video that exists and may be paid for, so that each error has to say how to fetch it. */
interface WatchedVideo {
  readonly videoId: string;
  readonly fetchHint: string;
  readonly signal: AbortSignal;
}

/** Makes one video with a deployed stack, downloads it, and prints the path of the file. @returns the exit code */
export async function orderVideo(flags: VideoFlags, interruption: Interruption): Promise<number> {
  const toPath = await prepareOut(flags.out);
  const stop = new AbortController();
  void interruption.promise.then(() => stop.abort());
  const { signal } = stop;
  const url = flags.url ?? (await readUrlOf(flags.stack));
  const videos = connect({ url, key: flags.key, signal, ...readLocalEnvironment() });

  const videoId = flags.video ?? (await submit(videos, flags, isLoopback(new URL(url))));
  printStatus(`video ${videoId}`);
  const fetchHint = `To fetch it: npm run video -- --video ${videoId}${serviceFlags(flags)}`;
  const started: WatchedVideo = { videoId, fetchHint, signal };
  const video = await waitForEnd(videos, started);
  if (video.video === undefined) {
    if (flags.isJson) console.log(printableJson(video));
    throw new VideoFailed(video);
  }
  const path = toPath(videoId);
  await saveVideo(video.video, path, signal).catch((error: unknown) => {
    throw withFetchHint(error, started);
  });
  console.log(flags.isJson ? printableJson({ ...video, path }) : shortPath(path));
  return 0;
}

/** Imports the SDK of CloudFormation only where it is needed. */
async function readUrlOf(stack: string): Promise<string> {
  const { readVideosUrl } = await import('./client/videos-url.ts');
  return readVideosUrl(stack);
}

/** @returns the id of the video */
async function submit(videos: VideosClient, flags: VideoFlags, isLocal: boolean): Promise<string> {
  const { idempotencyKey } = flags;
  const order = isLocal ? await withLocalExample(flags) : flags;
  const { upload } = videos;
  const request = await toRequest(order, { exampleImage: EXAMPLE_IMAGE, upload }).catch((error: unknown) => {
    throw error instanceof Stopped ? new Interrupted(NOTHING_SUBMITTED) : error;
  });
  const repeatHint = `Repeat the command with --idempotency-key "${idempotencyKey}": the request is not paid for twice.`;
  const { video_id, warnings = [] } = await videos
    .start(request, { idempotencyKey })
    .catch((error: unknown) => {
      if (error instanceof Stopped)
        throw new Interrupted(
          error.mayHaveBeenReceived
            ? `Stopped while the request was being sent. ${repeatHint}`
            : NOTHING_SUBMITTED,
        );
      if (!(error instanceof NoResponse)) throw error;
      const outcome = error.mayHaveBeenReceived
        ? `It is not known whether the request was accepted. ${repeatHint}`
        : 'Nothing was started.';
      throw new UserError(`${error.message} ${outcome}`, { cause: error });
    });
  for (const warning of warnings) printStatus(`Warning: ${warning}`);
  return video_id;
}

async function withLocalExample({ request, images }: Order): Promise<Order> {
  if (!images.includes('example')) return { request, images };
  const bytes = await readFile(LOCAL_EXAMPLE);
  return {
    request,
    images: images.map((image) => (image === 'example' ? { bytes, type: 'image/jpeg' } : image)),
  };
}

/** Checks the video until it has ended, and shows how far it is. */
async function waitForEnd(videos: VideosClient, started: WatchedVideo): Promise<Video> {
  const progress = createProgressLine(process.stderr);
  try {
    return await videos.wait(started.videoId, { onProgress: progress.show });
  } catch (error) {
    throw withFetchHint(error, started);
  } finally {
    progress.end();
  }
}

function withFetchHint(error: unknown, { signal, fetchHint }: WatchedVideo): Error {
  if (signal.aborted)
    return new Interrupted(`Stopped watching. The video continues and will be charged. ${fetchHint}`);
  return new UserError(`${reasonOf(error)} ${fetchHint}`, { cause: error });
}

/** The cause of an error of `fetch` has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !(error instanceof TemplateVideoError)
    ? `${error.message} (${error.cause.message}).`
    : error.message;
}

function serviceFlags({ url, stack, isKeyFlag }: VideoFlags): string {
  const where = url === undefined ? ` --stack ${stack}` : ` --url ${url}`;
  return isKeyFlag ? `${where} --key …` : where;
}
