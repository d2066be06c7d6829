import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Video } from '../lambdas/core/api/response.ts';
import { EXAMPLE_IMAGE } from '../lambdas/core/minimax/templates.ts';
import { printableJson } from '../lambdas/core/text/plain.ts';
import { UserError } from '../local/user-error.ts';
import { isLoopback, withKey, withSignature } from './client/authorize.ts';
import { ApiError, NoResponse } from './client/errors.ts';
import { createProgressLine } from './client/progress-line.ts';
import { type CheckedVideo, createVideoClient, type Order, type VideoClient } from './client/video-client.ts';
import { Interrupted, type Interruption } from './command.ts';
import { readLocalEnvironment } from './environment.ts';
import { whyNoFile } from './missing-file.ts';
import { prepareOut, shortPath } from './out-path.ts';
import { printStatus } from './print-status.ts';
import { saveVideo } from './save-video.ts';
import type { VideoFlags } from './video-flags.ts';

/** DescribeExecution may not show an execution at once after its start. */
const MAX_CHECKS_OF_NEW_VIDEO = 5;
const NEW_VIDEO_PAUSE_SECONDS = 2;

/** Replaces the image of MiniMax's own example for a service on this machine, which may have no other network. */
const LOCAL_EXAMPLE = join(import.meta.dirname, '..', 'local', 'simulator', 'pet.jpg');

/** A video that exists and may be paid for, so that each error has to say how to fetch it. */
interface StartedVideo {
  readonly videoId: string;
  readonly isNew: boolean;
  readonly fetchHint: string;
  readonly signal: AbortSignal;
}

/** Makes one video with a deployed stack, downloads it, and prints the path of the file. @returns the exit code */
export async function orderVideo(flags: VideoFlags, interruption: Interruption): Promise<number> {
  const toPath = await prepareOut(flags.out);
  const stop = new AbortController();
  void interruption.promise.then(() => stop.abort());
  const { signal } = stop;
  const client = await connect(flags, signal);

  const videoId = flags.video ?? (await submit(client, flags, signal));
  printStatus(`video ${videoId}`);
  const fetchHint = `To fetch it: npm run video -- --video ${videoId}${serviceFlags(flags)}`;
  const started: StartedVideo = { videoId, isNew: flags.video === undefined, fetchHint, signal };
  const video = await waitForEnd(client, started);
  if (video.video === undefined || video.video === null) {
    if (flags.isJson) console.log(printableJson(video));
    throw new UserError(whyNoFile(video));
  }
  const path = toPath(videoId);
  await saveVideo(video.video, path, signal).catch((error: unknown) => {
    throw withFetchHint(error, started);
  });
  console.log(flags.isJson ? printableJson({ ...video, path }) : shortPath(path));
  return 0;
}

async function connect({ url, stack, key }: VideoFlags, signal: AbortSignal): Promise<VideoClient> {
  const videosUrl = url ?? (await readUrlOf(stack));
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
    notice: printStatus,
  });
}

/** Imports the SDK of CloudFormation only where it is needed. */
async function readUrlOf(stack: string): Promise<string> {
  const { readVideosUrl } = await import('./client/videos-url.ts');
  return readVideosUrl(stack);
}

/** @returns the id of the video */
async function submit(client: VideoClient, flags: VideoFlags, signal: AbortSignal): Promise<string> {
  const order = isLoopback(new URL(client.videosUrl)) ? await withLocalExample(flags) : flags;
  const body = await client.toBody(order).catch((error: unknown) => {
    throw signal.aborted ? new Interrupted('Stopped before anything was submitted.') : error;
  });
  const repeatHint = `Repeat the command with --idempotency-key "${flags.idempotencyKey}": the request is not paid for twice.`;
  const { video_id, warnings = [] } = await client
    .start(body, flags.idempotencyKey)
    .catch((error: unknown) => {
      if (signal.aborted) throw new Interrupted(`Stopped while the request was being sent. ${repeatHint}`);
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

/** Checks the video until it has succeeded or failed. */
async function waitForEnd(client: VideoClient, started: StartedVideo): Promise<Video> {
  const progress = createProgressLine(process.stderr);
  try {
    for (let checks = 1; ; checks += 1) {
      const checked = await check(client, started, checks);
      if (checked !== undefined) progress.show(checked.video);
      if (checked?.video.finished_at !== undefined) return checked.video;
      const seconds = checked?.retryAfterSeconds ?? NEW_VIDEO_PAUSE_SECONDS;
      await after(seconds * 1000, undefined, { signal: started.signal });
    }
  } catch (error) {
    throw withFetchHint(error, started);
  } finally {
    progress.end();
  }
}

/** @returns undefined while Step Functions does not show a new video yet */
async function check(
  client: VideoClient,
  { videoId, isNew }: StartedVideo,
  checks: number,
): Promise<CheckedVideo | undefined> {
  return client.check(videoId).catch((error: unknown) => {
    const isUnknown = error instanceof ApiError && error.status === 404;
    if (isUnknown && isNew && checks <= MAX_CHECKS_OF_NEW_VIDEO) return undefined;
    throw error;
  });
}

function withFetchHint(error: unknown, { signal, fetchHint }: StartedVideo): Error {
  if (signal.aborted)
    return new Interrupted(`Stopped watching. The video continues and will be charged. ${fetchHint}`);
  return new UserError(`${reasonOf(error)} ${fetchHint}`, { cause: error });
}

/** The cause of an error of `fetch` has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message}).` : error.message;
}

function serviceFlags({ url, stack, isKeyFlag }: VideoFlags): string {
  const where = url === undefined ? ` --stack ${stack}` : ` --url ${url}`;
  return isKeyFlag ? `${where} --key …` : where;
}
