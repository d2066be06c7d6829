import type { CallbackWait } from './core/doorbell.ts';
import { createBells } from './io/bells.ts';
import { readAwsSurroundings, readEnvironment } from './io/environment.ts';
import { createLightAws } from './io/light-aws.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('wait-for-callback');
const bells = createBells(
  createLightAws(readAwsSurroundings(environment.URL_SUFFIX)),
  environment.VIDEO_BUCKET,
);

/** Keeps the task token of a wait for whoever receives a callback. The wait itself goes on in Step Functions. */
export const handler = workflowStep<CallbackWait, object>(async ({ video_id, task_token }) => {
  await bells.wait(video_id, task_token);
  return {};
});
