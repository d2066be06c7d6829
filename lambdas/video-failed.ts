import { jobKey } from './core/job-record.ts';
import { type EndedJob, mayBeOnRecord, toVerdict, type Verdict } from './core/verdict.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createTaskCallback } from './io/task-callback.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('video-failed');
const bucket = createBucket(environment.VIDEO_BUCKET);
const callback = createTaskCallback();

/** Fails the execution with the name and the cause on the card. On a redrive, a job that has a task goes on with it instead. */
export const handler = workflowStep<EndedJob, Verdict>(async (ended, { now, warn }) => {
  const key = jobKey(ended.video_id);
  const recorded = mayBeOnRecord(ended) ? await bucket.readJson(key).catch(warn) : undefined;
  const verdict = toVerdict({ ...ended, recorded }, now());
  const delivered =
    'goesOn' in verdict
      ? callback.succeed(ended.task_token, verdict.goesOn)
      : callback.fail(ended.task_token, verdict.error);
  await delivered.catch((error: unknown) => {
    throw Object.assign(new Error('The verdict could not be delivered.', { cause: error }), {
      name: 'VerdictUndelivered',
    });
  });
  return verdict;
});
