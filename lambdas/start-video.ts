import { setTimeout as after } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { v5 as namedId, v7 as timeSortedId } from 'uuid';
import type { AcceptedVideo, Video } from './core/answer.ts';
import { callerOf } from './core/caller.ts';
import { badParameter, Refusal, toProblem } from './core/problem.ts';
import { type Execution, isFinished, retryAfterSeconds, toVideo } from './core/video.ts';
import { type AcceptedRequest, acceptRequest } from './io/accepted-request.ts';
import { apiCall, headerOf, jsonBody, jsonReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { createDailyLimit } from './io/daily-limit.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions } from './io/executions.ts';
import { createImageStore } from './io/image-store.ts';
import { createVideos } from './io/videos.ts';

/** The namespace in which a caller's keys become ids (RFC 9562, name-based UUIDs). */
const KEY_NAMESPACE = '8e0b1b3c-5a0f-4c9e-9a53-6f0f6f6b2d6e';

/** Step Functions may refuse a name before it can describe whose it is. */
const LOOKS_FOR_THE_OTHER = 5;
const LOOK_AGAIN_MS = 300;

const environment = readEnvironment('start-video');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const images = createImageStore(environment.VIDEO_BUCKET);
const videos = createVideos(createBucket(environment.VIDEO_BUCKET));
const dailyLimit = createDailyLimit(Number(environment.POSTS_PER_DAY), executions);
const rules = { minimaxHost: environment.MINIMAX_API_HOST, bucket: environment.VIDEO_BUCKET };

/** A request that has passed every check, and what it is answered with. */
interface Post {
  readonly event: APIGatewayProxyEvent;
  readonly accepted: AcceptedRequest;
  /** The execution's name, which is the video's id. */
  readonly name: string;
  readonly now: Date;
}

/** `POST /videos`: checks the request and starts its execution. A repeated `Idempotency-Key` starts nothing. */
export const handler = apiCall(async (event, now) => {
  const key = idempotencyKeyOf(event);
  const accepted = acceptRequest(jsonBody(event), rules);
  if (key === undefined) return begin({ event, accepted, name: timeSortedId(), now });

  const post = { event, accepted, name: toName(event, key), now };
  const earlier = await executions.find(post.name);
  return earlier === undefined ? begin(post) : replay(earlier, post);
});

async function begin(post: Post): Promise<APIGatewayProxyResult> {
  const { accepted, name, now } = post;
  await dailyLimit.requireRoom(now);
  await Promise.all(accepted.images.map((image) => images.put(image)));
  const started = await executions.start(name, accepted.request);
  if (started === undefined) return replay(await findTheOther(name), post);
  const { startDate } = started;
  return reply(toVideo({ name, status: 'RUNNING', startDate, input: accepted.request }, startDate), post);
}

/** Answers with the execution that an earlier request, or one of the same instant, has started under this name. */
async function replay(earlier: Execution, post: Post): Promise<APIGatewayProxyResult> {
  const { accepted, now } = post;
  if (!isDeepStrictEqual(earlier.input, JSON.parse(JSON.stringify(accepted.request)))) {
    throw new Refusal(
      toProblem(
        'idempotency-key-reused',
        `Another body was sent with this Idempotency-Key before; it became the video ${earlier.name}. Use a new key for a new video. Nothing was started.`,
      ),
    );
  }
  const video = await videos.show(earlier, now);
  const headers = isFinished(earlier) ? {} : { 'retry-after': String(retryAfterSeconds(video, now)) };
  return reply(video, post, { ...headers, 'idempotency-replayed': 'true' });
}

function reply(
  video: Video,
  { event, accepted, now }: Post,
  headers: Readonly<Record<string, string>> = { 'retry-after': String(retryAfterSeconds(video, now)) },
): APIGatewayProxyResult {
  const { warnings } = accepted;
  const body: AcceptedVideo = { ...video, ...(warnings.length === 0 ? {} : { warnings: [...warnings] }) };
  // With the stage, or whatever else stands before /videos in the address that the caller has used.
  const path = event.requestContext.path.replace(/\/$/, '');
  return jsonReply(202, body, { location: `${path}/${video.video_id}`, ...headers });
}

/** @throws Refusal where Step Functions cannot show it yet */
async function findTheOther(name: string): Promise<Execution> {
  for (let look = 0; look < LOOKS_FOR_THE_OTHER; look += 1) {
    const found = await executions.find(name);
    if (found !== undefined) return found;
    await after(LOOK_AGAIN_MS);
  }
  const detail =
    'Another request with this Idempotency-Key is just being accepted. Send it again in a second.';
  throw new Refusal(toProblem('request-in-progress', detail), { 'retry-after': '1' });
}

/** @throws Refusal */
function idempotencyKeyOf(event: APIGatewayProxyEvent): string | undefined {
  const key = headerOf(event, 'idempotency-key');
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const given = `${JSON.stringify(key.slice(0, 100))}, ${key.length} characters`;
  throw new Refusal(
    badParameter(`Idempotency-Key is ${given}; allowed are 1 to 255 printable ASCII characters.`),
  );
}

function toName({ requestContext }: APIGatewayProxyEvent, key: string): string {
  return namedId(JSON.stringify([callerOf(requestContext.identity), key]), KEY_NAMESPACE);
}
