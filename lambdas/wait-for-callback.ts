import type { CallbackWait } from './core/callback.ts';
import { createJsonObjects } from './io/aws/s3-objects.ts';
import { createTaskCallback } from './io/aws/task-token.ts';
import { createS3Client, createSfnClient } from './io/callback/clients.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { readEnvironment } from './io/environment.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('wait-for-callback');
const signals = createCallbackSignals({
  objects: createJsonObjects(environment.VIDEO_BUCKET, createS3Client()),
  waits: createTaskCallback(createSfnClient()),
});

/** Stores the task token of a wait for the function that receives callbacks. Step Functions keeps waiting. */
export const handler = stepHandler<CallbackWait, object>(async ({ video_id, task_token }) => {
  await signals.wait(video_id, task_token);
  return {};
});
