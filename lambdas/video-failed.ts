import {
  decideOutcome,
  type EndedJob,
  OUTCOME_UNDELIVERED,
  type Outcome,
} from './core/record-failure/outcome.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createTaskCallback } from './io/aws/task-token.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { withStoredTask } from './io/job/stored-task.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('video-failed');
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));
const taskCallback = createTaskCallback();

/** Fails the execution with the recorded name and cause. On a redrive, a job that has a task continues with it instead. */
export const handler = stepHandler<EndedJob, Outcome>(async (ended, { now, warn }) => {
  const outcome = decideOutcome(await withStoredTask(records, ended, warn), now());
  const delivery =
    'resume' in outcome
      ? taskCallback.succeed(ended.task_token, outcome.resume)
      : taskCallback.fail(ended.task_token, outcome.error);
  await delivery.catch((cause: unknown) => {
    throw Object.assign(new Error('The outcome could not be delivered.', { cause }), {
      name: OUTCOME_UNDELIVERED,
    });
  });
  return outcome;
});
