import type { CallbackWait } from './core/callback.ts';
import { createLightAws } from './io/aws/fetch-client.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { readAwsSurroundings, readEnvironment } from './io/environment.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('wait-for-callback');
const signals = createCallbackSignals(
  createLightAws(readAwsSurroundings(environment.URL_SUFFIX)),
  environment.VIDEO_BUCKET,
);

/** Keeps the task token of a wait for whoever receives a callback. The wait itself goes on in Step Functions. */
export const handler = stepHandler<CallbackWait, object>(async ({ video_id, task_token }) => {
  await signals.wait(video_id, task_token);
  return {};
});
