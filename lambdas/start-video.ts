import { setTimeout as after } from 'node:timers/promises';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { v5 as namedId, v7 as timeSortedId } from 'uuid';
import { callerOf } from './core/api/caller.ts';
import { badBody, badParameter, ProblemError, toProblem } from './core/api/problem.ts';
import type { AcceptedVideo, Video } from './core/api/response.ts';
import { metadataWarnings } from './core/api/utf8.ts';
import { NO_DIGEST, requestDigest } from './core/job/request-digest.ts';
import { kindOf } from './core/minimax/request-kind.ts';
import { quoted } from './core/text/plain.ts';
import { retryAfterSeconds } from './core/video/progress.ts';
import { expectsCallback, toVideo } from './core/video/video.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment } from './io/environment.ts';
import { createImageStore } from './io/image/uploads.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, headerOf, jsonBody, jsonReply } from './io/lambda/api-handler.ts';
import { acceptRequest, type ReceivedBody, receiveBody } from './io/video/accept-request.ts';
import { createDailyLimit } from './io/video/daily-limit.ts';
import { createVideos, digestOf, hasEnded, idOf, type KnownVideo } from './io/video/videos.ts';

/** The namespace in which a caller's keys become ids (RFC 9562, name-based UUIDs). */
const KEY_NAMESPACE = '8e0b1b3c-5a0f-4c9e-9a53-6f0f6f6b2d6e';

/** Step Functions may refuse a name before it can describe whose it is. */
const LOOKS_FOR_THE_OTHER = 5;
const LOOK_AGAIN_MS = 300;

const environment = readEnvironment('start-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const imageStore = createImageStore(environment.VIDEO_BUCKET);
const bucket = createBucket(environment.VIDEO_BUCKET);
const videos = createVideos({ executions, records: createJobRecords(bucket), bucket });
const dailyLimit = createDailyLimit(Number(environment.POSTS_PER_DAY), executions);
const host = environment.MINIMAX_API_HOST;
const rules = { host, bucket: environment.VIDEO_BUCKET };

/** A request under the name that its execution has, or is to have. */
interface Post {
  readonly event: APIGatewayProxyEvent;
  readonly body: ReceivedBody;
  readonly digest: string;
  /** The execution's name, which is the video's id. */
  readonly name: string;
  readonly now: Date;
}

/**
 * `POST /videos`: checks the request and starts its execution. A repeated `Idempotency-Key` starts nothing, and is not
 * held against rules that may have changed since.
 */
export const handler = apiHandler(async (event, now) => {
  const key = idempotencyKeyOf(event);
  const body = receiveBody(jsonBody(event), environment.VIDEO_BUCKET);
  const post = { event, body, digest: digestOfBody(body), now };
  if (key === undefined) return begin({ ...post, name: timeSortedId() });

  const named = { ...post, name: toName(event, key) };
  const earlier = await videos.find(named.name);
  return earlier === undefined ? begin(named) : replay(earlier, named);
});

async function begin(post: Post): Promise<APIGatewayProxyResult> {
  const { event, body, name, now } = post;
  const { request, images } = acceptRequest(body, rules);
  // To adopt a task is how a video that was paid for is not lost.
  if (!('task_id' in request)) await dailyLimit.requireRoom(now);
  await Promise.all(images.map((image) => imageStore.put(image)));
  const input = { ...request, owner: callerOf(event.requestContext) };
  const started = await executions.start(name, input);
  if (started === undefined) return replay(await awaitConcurrentStart(name), post);
  const { startDate } = started;
  const execution = { arn: '', name, status: 'RUNNING', startDate, redriveCount: 0, input } as const;
  return reply(toVideo(execution, startDate), post);
}

/** Answers with the video that an earlier request, or one of the same instant, has started under this name. */
async function replay(earlier: KnownVideo, post: Post): Promise<APIGatewayProxyResult> {
  const { digest, now } = post;
  if (digestOf(earlier) !== digest) {
    const detail = `This Idempotency-Key was already used with a different body (video ${idOf(earlier)}). Use a new key for a new video. Nothing was started.`;
    throw new ProblemError(toProblem('idempotency-key-reused', detail));
  }
  const video = await videos.show(earlier, now);
  const isCalledBack = earlier.by === 'execution' && expectsCallback(earlier.execution);
  const seconds = retryAfterSeconds(video, now, isCalledBack);
  const headers: Record<string, string> = hasEnded(earlier) ? {} : { 'retry-after': String(seconds) };
  return reply(video, post, { ...headers, 'idempotency-replayed': 'true' });
}

function reply(
  video: Video,
  { event, now }: Post,
  headers: Readonly<Record<string, string>> = { 'retry-after': String(retryAfterSeconds(video, now)) },
): APIGatewayProxyResult {
  const warnings = [...kindOf(video).warnings(video, host), ...metadataWarnings(video.metadata)];
  const body: AcceptedVideo = { ...video, ...(warnings.length === 0 ? {} : { warnings }) };
  // With the stage, or whatever else stands before /videos in the address that the caller has used.
  const path = event.requestContext.path.replace(/\/$/, '');
  return jsonReply(202, body, { location: `${path}/${video.video_id}`, ...headers });
}

/** @throws ProblemError where Step Functions cannot show it yet */
async function awaitConcurrentStart(name: string): Promise<KnownVideo> {
  for (let look = 0; look < LOOKS_FOR_THE_OTHER; look += 1) {
    const found = await executions.find(name);
    if (found !== undefined) return videos.of(found);
    await after(LOOK_AGAIN_MS);
  }
  const detail =
    'Another request with this Idempotency-Key is just being accepted. Send it again in a second.';
  throw new ProblemError(toProblem('request-in-progress', detail), { 'retry-after': '1' });
}

/** @throws ProblemError */
function idempotencyKeyOf(event: APIGatewayProxyEvent): string | undefined {
  const key = headerOf(event, 'idempotency-key');
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const given = `${quoted(key)}, ${key.length} characters`;
  throw new ProblemError(
    badParameter(`Idempotency-Key is ${given}; allowed are 1 to 255 printable ASCII characters.`),
  );
}

/** @throws ProblemError for a body of which a replay could not be told; what else is wrong with it says more */
function digestOfBody(body: ReceivedBody): string {
  const digest = requestDigest(body.light);
  if (digest !== undefined) return digest;
  acceptRequest(body, rules);
  throw new ProblemError(badBody([{ pointer: '', detail: NO_DIGEST }]));
}

/** Two deployments that use one bucket do not give one key the same id, unless they are told to share a namespace. */
function toName({ requestContext }: APIGatewayProxyEvent, key: string): string {
  return namedId(JSON.stringify([environment.NAMESPACE, callerOf(requestContext), key]), KEY_NAMESPACE);
}
