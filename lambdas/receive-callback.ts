import { answerToChallenge } from './core/callback.ts';
import { createJsonObjects } from './io/aws/s3-objects.ts';
import { createTaskCallback } from './io/aws/task-token.ts';
import { createCallbackAddresses } from './io/callback/address.ts';
import { callbackBody } from './io/callback/body.ts';
import { createS3Client, createSfnClient } from './io/callback/clients.ts';
import { createCallbackSecretReader } from './io/callback/secret.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobDocuments } from './io/job/job-documents.ts';
import { jsonReply, publicApiHandler } from './io/lambda/api-handler.ts';

const environment = readEnvironment('receive-callback');
const objects = createJsonObjects(environment.VIDEO_BUCKET, createS3Client());
const addresses = createCallbackAddresses({
  secret: createCallbackSecretReader(environment.CALLBACK_SECRET),
  documents: createJobDocuments(objects),
});
const signals = createCallbackSignals({ objects, waits: createTaskCallback(createSfnClient()) });

/**
 * `POST /callbacks/{video_id}/{token}`: MiniMax says that a task has changed, or sends its challenge. MiniMax cannot sign, so only
 * the token in the address proves the sender, and the only effect is a check of the task. A wrong token and a video that has ended
 * get one answer. A right token counts also before its video has a job document: docs/security.md.
 */
export const handler = publicApiHandler(async (event, now) => {
  const videoId = await addresses.requireVideo(event);
  const challenge = answerToChallenge(callbackBody(event));
  if (challenge === undefined) {
    await signals.receive(videoId, now);
    return { ...jsonReply(200, {}), outcome: 'callback' };
  }
  await signals.recordChallenge(videoId, now);
  return { ...jsonReply(200, {}), body: challenge, outcome: 'challenge' };
});
