import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ProblemError, toProblem } from './core/api/problem.ts';
import { utf8Text } from './core/api/utf8.ts';
import { answerToChallenge } from './core/callback.ts';
import { isFinal } from './core/job/job-record.ts';
import { isExecutionName } from './core/job/video-id.ts';
import { createJsonObjects } from './io/aws/s3-objects.ts';
import { createTaskCallback } from './io/aws/task-token.ts';
import { createS3Client, createSfnClient } from './io/callback/clients.ts';
import { createCallbackSecret } from './io/callback/secret.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { isCallbackToken } from './io/callback/token.ts';
import { readEnvironment } from './io/environment.ts';
import { withoutCodings } from './io/http/content-coding.ts';
import { createJobDocuments } from './io/job/job-documents.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';

const environment = readEnvironment('receive-callback');
const objects = createJsonObjects(environment.VIDEO_BUCKET, createS3Client());
const documents = createJobDocuments(objects);
const signals = createCallbackSignals({ objects, waits: createTaskCallback(createSfnClient()) });
const secret = createCallbackSecret(environment.CALLBACK_SECRET);

/** Is read instead of a video's id when the token is wrong. */
const NO_VIDEO = 'none';

const NOT_FOUND = toProblem('path-not-found', 'There is nothing at this address.');

/** More characters than any challenge has. */
const MAX_BODY_BYTES = 65_536;

/**
 * `POST /callbacks/{video_id}/{token}`: MiniMax says that a task has changed, or sends its challenge. MiniMax cannot sign, so only
 * the token in the address proves the sender, and the only effect is a check of the task. A wrong token, an unknown video and one that has ended
 * get one answer, after equal work: docs/security.md.
 */
export const handler = apiHandler(async (event, now) => {
  const { video_id = '', token = '' } = event.pathParameters ?? {};
  const videoId = isExecutionName(video_id) ? video_id : NO_VIDEO;
  const isRight = isCallbackToken(await secret(), videoId, token);
  const found = await documents.read(isRight ? videoId : NO_VIDEO);
  if (!isRight || (found.kind === 'record' && isFinal(found.record))) throw new ProblemError(NOT_FOUND);
  const challenge = answerToChallenge(bodyOf(event));
  if (challenge === undefined) {
    await signals.receive(videoId, now);
    return jsonReply(200, {});
  }
  await signals.recordChallenge(videoId, now);
  return { ...jsonReply(200, {}), body: challenge };
});

/** Empty where it is not UTF-8: a challenge that cannot be repeated exactly is none, and the call still counts as a callback. */
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
