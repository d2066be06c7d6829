import { unreadable } from './core/job/job-record.ts';
import {
  decideOutcome,
  type EndedFailureContext,
  type EndedJob,
  needsStoredTask,
  OUTCOME_UNDELIVERED,
  type Outcome,
} from './core/record-failure/outcome.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createTaskCallback } from './io/aws/task-token.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('video-failed');
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));
const callback = createTaskCallback();

/** Fails the execution with the name and the cause on the card. On a redrive, a job that has a task goes on with it instead. */
export const handler = stepHandler<EndedJob, Outcome>(async (ended, { now, warn }) => {
  const verdict = decideOutcome(needsStoredTask(ended) ? await withRecord(ended, warn) : ended, now());
  const delivered =
    'goesOn' in verdict
      ? callback.succeed(ended.task_token, verdict.goesOn)
      : callback.fail(ended.task_token, verdict.error);
  await delivered.catch((error: unknown) => {
    throw Object.assign(new Error('Step Functions did not take the outcome.', { cause: error }), {
      name: OUTCOME_UNDELIVERED,
    });
  });
  return verdict;
});

/** A document that cannot be read keeps no execution from ending, but it is not taken for a missing one. */
async function withRecord(ended: EndedJob, warn: (error: Error) => void): Promise<EndedFailureContext> {
  try {
    const found = await records.read(ended.video_id);
    if (found.kind === 'unreadable') throw unreadable(ended.video_id);
    return found.kind === 'record' ? { ...ended, recorded: found.record } : ended;
  } catch (error) {
    warn(error as Error);
    return { ...ended, unread: (error as Error).message };
  }
}
