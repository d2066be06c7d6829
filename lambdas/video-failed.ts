import { type EndedJob, mayBeOnRecord, toVerdict, type Verdict } from './core/verdict.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job-record.ts';
import { createTaskCallback } from './io/task-callback.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('video-failed');
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));
const callback = createTaskCallback();

/** Fails the execution with the name and the cause on the card. On a redrive, a job that has a task goes on with it instead. */
export const handler = workflowStep<EndedJob, Verdict>(async (ended, { now, warn }) => {
  const found = mayBeOnRecord(ended) ? await records.read(ended.video_id).catch(warn) : undefined;
  const verdict = toVerdict(found?.kind === 'record' ? { ...ended, recorded: found.record } : ended, now());
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
