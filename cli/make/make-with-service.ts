import { readFile } from 'node:fs/promises';
import { isLoopback } from '../../client/address.ts';
import {
  NoResponse,
  type StartedVideo,
  Stopped,
  TemplateVideoError,
  type Video,
  VideoFailed,
} from '../../client/index.ts';
import { EXAMPLE_IMAGE } from '../../lambdas/core/minimax/templates.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';
import type { Interruption } from '../command.ts';
import { shownCommand } from '../command-line/npm.ts';
import type { LocalEnvironment } from '../environment.ts';
import { Interrupted } from '../errors.ts';
import { EXAMPLE_FILE } from '../example.ts';
import { whyNoFile } from '../missing-file.ts';
import { printStatus } from '../print-status.ts';
import { connectTo, type Service } from '../service/connect.ts';
import { toVideoId, type Where } from '../service/where.ts';
import { confirmCost, toEstimate } from './cost.ts';
import { deliver } from './deliver.ts';
import { type Order, type OrderedImage, toOrder, toRequest } from './order.ts';
import { prepareOut } from './out-path.ts';
import { createProgressLine } from './progress-line.ts';
import { isTemplateName, toTemplateId } from './template-name.ts';
import type { MakeValues } from './values.ts';

interface OrderContext {
  readonly where: Where;
  readonly environment: LocalEnvironment;
  readonly interruption: Interruption;
}

/** Makes one video with a service, downloads it, and prints the path of the file. @returns the exit code */
export async function orderVideo(
  values: MakeValues,
  { where, environment, interruption: { signal } }: OrderContext,
): Promise<number> {
  const given = values.video && toVideoId('--video', values.video);
  // Before any call, so that a wrong file costs no time.
  const early = isTemplateName(values.template ?? '1') ? undefined : await toOrder(values);
  const toPath = await prepareOut(values.out);
  const service = await connectTo(where, { environment, signal });
  const order = early ?? (await toNamedOrder(values, service));
  if (given === undefined) await confirm(order, values, { service, signal });
  const watched = given ?? (await submit(order, values['idempotency-key'], { service, signal }));
  const videoId = typeof watched === 'string' ? watched : watched.video_id;
  printStatus(`video ${videoId}`);
  const fetchHint = `To fetch it: ${shownCommand('make', `--video ${videoId} ${where.flags}`)}`;
  const withHint = (error: unknown) => withFetchHint(error, fetchHint, { service, signal });
  const video = await waitForEnd(watched, service).catch((error: unknown) => {
    throw withHint(error);
  });
  if (video.video === undefined || video.video === null) {
    if (values.json) console.log(printableJson(video));
    throw video.video === null ? new UserError(whyNoFile(video)) : new VideoFailed(video);
  }
  await deliver(video, { path: toPath(videoId), signal, ...values }).catch((error: unknown) => {
    throw withHint(error);
  });
  return 0;
}

interface Calling {
  readonly service: Service;
  readonly signal: AbortSignal;
}

async function toNamedOrder(values: MakeValues, { client }: Service): Promise<Order> {
  const template = toTemplateId(values.template ?? '', await client.templates());
  return toOrder({ ...values, template });
}

/** A simulated video costs nothing, and neither does a task that exists. */
async function confirm(order: Order, { yes }: MakeValues, { service, signal }: Calling): Promise<void> {
  if (yes || 'task' in order) return;
  const catalogue = await service.client.templates();
  if (service.isSimulated()) return;
  await confirmCost(toEstimate(order.template, catalogue), { signal });
}

async function submit(
  order: Order,
  givenKey: string | undefined,
  { service: { client, videosUrl }, signal }: Calling,
): Promise<StartedVideo> {
  const example = isLoopback(new URL(videosUrl))
    ? new Uint8Array(await readFile(EXAMPLE_FILE))
    : EXAMPLE_IMAGE;
  const toValue = (image: OrderedImage) => {
    if (image === 'example') return example;
    return 'url' in image ? image.url : image.bytes;
  };
  const idempotencyKey = givenKey ?? crypto.randomUUID();
  const started = await client
    .start(toRequest(order, toValue), { idempotencyKey })
    .catch((error: unknown) => {
      throw withRepeatHint(error, idempotencyKey, signal);
    });
  for (const warning of started.warnings ?? []) printStatus(`Warning: ${warning}`);
  return started;
}

function withRepeatHint(error: unknown, idempotencyKey: string, { aborted }: AbortSignal): unknown {
  const hint = `Repeat the command with --idempotency-key "${idempotencyKey}": the request is not paid for twice.`;
  if (aborted) {
    const isSent = error instanceof Stopped && error.mayHaveBeenReceived;
    return new Interrupted(
      isSent ? `Stopped while the request was being sent. ${hint}` : 'Stopped before anything was submitted.',
      { cause: error },
    );
  }
  if (!(error instanceof NoResponse)) return error;
  const outcome = error.mayHaveBeenReceived
    ? `It is not known whether the request was accepted. ${hint}`
    : 'Nothing was started.';
  return new UserError(`${error.message} ${outcome}`, { cause: error });
}

/** Checks the video until it has succeeded or failed, and shows its progress. */
async function waitForEnd(video: string | StartedVideo, { client }: Service): Promise<Video> {
  const progress = createProgressLine(process.stderr);
  try {
    return await client.wait(video, { onProgress: (each) => progress.show(each) });
  } finally {
    progress.end();
  }
}

function withFetchHint(error: unknown, fetchHint: string, { service, signal }: Calling): Error {
  const charge = service.isSimulated() ? '' : ' and will be charged';
  if (signal.aborted)
    return new Interrupted(`Stopped watching. The video continues${charge}. ${fetchHint}`, { cause: error });
  return new UserError(`${reasonOf(error)} ${fetchHint}`, { cause: error });
}

/** The cause of an error of `fetch` has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !(error instanceof TemplateVideoError)
    ? `${error.message} (${error.cause.message}).`
    : error.message;
}
