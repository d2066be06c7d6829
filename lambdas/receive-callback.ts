import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { toProblem, unexpected } from './core/api/problem.ts';
import { utf8Text } from './core/api/utf8.ts';
import { answerToChallenge, CALLBACK_ROUTE } from './core/callback.ts';
import { isFinal } from './core/job/job-record.ts';
import { isExecutionName } from './core/job/video-id.ts';
import { jobKey } from './core/storage-keys.ts';
import { createLightAws } from './io/aws/fetch-client.ts';
import { lightLog } from './io/aws/light-log.ts';
import { lightSecret } from './io/aws/light-secret.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { isCallbackToken } from './io/callback/token.ts';
import { readAwsSurroundings, readEnvironment } from './io/environment.ts';
import { withoutCodings } from './io/http/content-coding.ts';

const environment = readEnvironment('receive-callback');
const aws = createLightAws(readAwsSurroundings(environment.URL_SUFFIX));
const signals = createCallbackSignals(aws, environment.VIDEO_BUCKET);
const log = lightLog();
const secret = lightSecret(aws, environment.CALLBACK_SECRET);

/** Instead of an id that no video can have. */
const NO_VIDEO = 'none';

const NOT_FOUND = toProblem('path-not-found', 'There is nothing at this address.');

/** What a call has come to, and the answer to it. */
interface Outcome {
  readonly what: 'refused' | 'challenged' | 'received' | 'broken';
  readonly status: number;
  /** JSON text. */
  readonly body: string;
  readonly why?: string;
}

/**
 * `POST /callbacks/{video_id}/{token}`: MiniMax says that a task has changed, or asks whether anybody is there. Who calls is not
 * known, so nothing is believed but the address itself, and all that comes of it is a look at the task.
 */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const { video_id = '', token = '' } = event.pathParameters ?? {};
  const videoId = isExecutionName(video_id) ? video_id : NO_VIDEO;
  const { requestId } = event.requestContext;
  const outcome = await answer(videoId, token, event).catch((error: unknown) => broken(error, requestId));
  const { what, status, body, why } = outcome;
  const call = `${CALLBACK_ROUTE.method} ${CALLBACK_ROUTE.path}`;
  log(what === 'broken' ? 'ERROR' : 'INFO', what, {
    call,
    status,
    video_id: videoId,
    request_id: requestId,
    why,
  });
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return { statusCode: status, headers: { 'content-type': type }, body };
}

/** Whoever has no right to ring is answered alike, and after the same work, whatever is or is not in the bucket. */
async function answer(videoId: string, token: string, event: APIGatewayProxyEvent): Promise<Outcome> {
  const isRight = isCallbackToken(await secret(), videoId, token);
  const card = await aws.readJson(environment.VIDEO_BUCKET, jobKey(isRight ? videoId : NO_VIDEO));
  if (!isRight || isFinal((card?.value ?? {}) as { readonly finished_at?: string }))
    return { what: 'refused', status: NOT_FOUND.status, body: JSON.stringify(NOT_FOUND) };
  const now = new Date();
  const reply = answerToChallenge(bodyOf(event));
  if (reply === undefined) {
    await signals.callback(videoId, now);
    return { what: 'received', status: 200, body: '{}' };
  }
  await signals.recordChallenge(videoId, now);
  return { what: 'challenged', status: 200, body: reply };
}

/** More than any challenge has. */
const MAX_BODY_BYTES = 65_536;

/** Empty where it is not UTF-8: a challenge that could not be repeated as it came is none, and the call still rings. */
function bodyOf({ body, isBase64Encoded, headers }: APIGatewayProxyEvent): string {
  if (!isBase64Encoded) return body ?? '';
  const [, coding] = Object.entries(headers).find(([name]) => /^content-encoding$/i.test(name)) ?? [];
  const text = utf8Text(decoded(Buffer.from(body ?? '', 'base64'), coding));
  return text.ok ? text.value : '';
}

function decoded(bytes: Buffer, coding: string | undefined): Buffer {
  try {
    return withoutCodings(bytes, coding, MAX_BODY_BYTES);
  } catch {
    return Buffer.alloc(0);
  }
}

function broken(error: unknown, requestId: string): Outcome {
  const problem = unexpected(requestId);
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { what: 'broken', status: problem.status, body: JSON.stringify(problem), why };
}
