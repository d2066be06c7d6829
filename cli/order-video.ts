import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Video } from '../lambdas/core/api/response.ts';
import { EXAMPLE_IMAGE } from '../lambdas/core/minimax/templates.ts';
import { printable, printableJson } from '../lambdas/core/text/plain.ts';
import { UserError } from '../local/user-error.ts';
import { isLoopback } from './client/authorize.ts';
import { ApiError, NoResponse } from './client/errors.ts';
import { createProgressLine } from './client/progress-line.ts';
import { createVideoClient, type Order, type VideoClient } from './client/video-client.ts';
import { Interrupted, type Interruption } from './command.ts';
import { readLocalEnvironment } from './environment.ts';
import { prepareOut, shortest } from './out-path.ts';
import { tell } from './report.ts';
import { saveVideo } from './save-video.ts';
import type { VideoFlags } from './video-flags.ts';

/** Step Functions may not know at once of what it has just started. */
const LOOKS_FOR_A_NEW_VIDEO = 5;
const LOOK_AGAIN_SECONDS = 2;

/** What stands for the image of MiniMax's own example with a service on this machine, which may have no other network. */
const LOCAL_EXAMPLE = join(import.meta.dirname, '..', 'local', 'simulator', 'pet.jpg');

/** What has to be told about everything that goes wrong from now on. */
interface Watch {
  readonly signal: AbortSignal;
  readonly recoverySteps: string;
}

/** Makes one video with a deployed stack, downloads it, and prints where the file is. @returns the exit code */
export async function orderVideo(flags: VideoFlags, interruption: Interruption): Promise<number> {
  const toPath = await prepareOut(flags.out);
  const stop = new AbortController();
  void interruption.promise.then(() => stop.abort());
  const { signal } = stop;
  const client = await connect(flags, signal);

  const videoId = flags.video ?? (await begin(client, flags, signal));
  tell(`video ${videoId}`);
  const watch = {
    signal,
    recoverySteps: `To fetch it: npm run video -- --video ${videoId}${sameService(flags)}`,
  };
  const video = await follow(client, videoId, { ...watch, isNew: flags.video === undefined });
  if (video.video === undefined) {
    if (flags.isJson) console.log(printableJson(video));
    const { type = 'Unexpected', detail = 'There is no video.' } = video.error ?? {};
    throw new UserError(printable(`${type}: ${detail}`));
  }
  const path = toPath(videoId);
  await saveVideo(video.video, path, signal).catch((error: unknown) => {
    throw explained(error, watch);
  });
  console.log(flags.isJson ? printableJson({ ...video, path }) : shortest(path));
  return 0;
}

async function connect({ url, stack, key }: VideoFlags, signal: AbortSignal): Promise<VideoClient> {
  const { readVideosUrl } = await import('./client/videos-url.ts');
  const { withKey, withSignature } = await import('./client/authorize.ts');
  const videosUrl = url ?? (await readVideosUrl(stack));
  const { awsRegion, hasAwsCredentials } = readLocalEnvironment();
  const authorize =
    key === undefined
      ? withSignature(videosUrl, { hasCredentials: hasAwsCredentials, region: awsRegion })
      : withKey(key);
  return createVideoClient({
    videosUrl,
    authorize,
    exampleImage: EXAMPLE_IMAGE,
    signal,
    notice: tell,
  });
}

/** @returns the id of the video */
async function begin(client: VideoClient, flags: VideoFlags, signal: AbortSignal): Promise<string> {
  const order = isLoopback(new URL(client.videosUrl)) ? await withLocalExample(flags) : flags;
  const body = await client.toBody(order).catch((error: unknown) => {
    throw signal.aborted ? new Interrupted('Stopped before anything was submitted.') : error;
  });
  const again = `The same command with --idempotency-key "${flags.idempotencyKey}" asks again, and is not paid for twice.`;
  const { video_id, warnings = [] } = await client
    .start(body, flags.idempotencyKey)
    .catch((error: unknown) => {
      if (signal.aborted) throw new Interrupted(`Stopped while the request was under way. ${again}`);
      if (!(error instanceof NoResponse)) throw error;
      const verdict = error.mayHaveBeenReceived
        ? `Nobody knows whether the request was accepted. ${again}`
        : 'Nothing was started.';
      throw new UserError(`${error.message} ${verdict}`, { cause: error });
    });
  for (const warning of warnings) tell(`Warning: ${warning}`);
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

/** Looks until the video has ended, one way or the other. */
async function follow(
  client: VideoClient,
  videoId: string,
  watch: Watch & { readonly isNew: boolean },
): Promise<Video> {
  const progress = createProgressLine(process.stderr);
  try {
    for (let looks = 1; ; looks += 1) {
      const seen = await client.check(videoId).catch((error: unknown) => {
        const isUnknown = error instanceof ApiError && error.status === 404;
        if (!isUnknown || !watch.isNew || looks > LOOKS_FOR_A_NEW_VIDEO) throw error;
      });
      if (seen !== undefined) progress.show(seen.video);
      if (seen?.video.finished_at !== undefined) return seen.video;
      const seconds = seen?.retryAfterSeconds ?? LOOK_AGAIN_SECONDS;
      await after(seconds * 1000, undefined, { signal: watch.signal });
    }
  } catch (error) {
    throw explained(error, watch);
  } finally {
    progress.end();
  }
}

/** The video exists and may be paid for, so whatever happens, it is told how to get it. */
function explained(error: unknown, { signal, recoverySteps }: Watch): Error {
  if (signal.aborted)
    return new Interrupted(`Stopped watching; the service goes on with the video. ${recoverySteps}`);
  return new UserError(`${reasonOf(error)} ${recoverySteps}`, { cause: error });
}

/** What `fetch` throws says why only in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message}).` : error.message;
}

function sameService({ url, stack, isKeyFlag }: VideoFlags): string {
  const where = url === undefined ? ` --stack ${stack}` : ` --url ${url}`;
  return isKeyFlag ? `${where} --key …` : where;
}
