import { Failure } from './core/failure.ts';
import { type CheckedJob, checked, checkFailed, type SubmittedJob } from './core/job.ts';
import { toAge } from './core/job-age.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createMeasures } from './io/measures.ts';
import { createMiniMax } from './io/minimax.ts';
import { storedKey } from './io/stored-key.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('check-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: storedKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const schedule = toSchedule(environment);
const measures = createMeasures();

/** Asks MiniMax how the task is doing, and when to ask again. What to do about it is the workflow's business. */
export const handler = workflowStep<SubmittedJob, CheckedJob>(async (job, { signal, now }) => {
  measures.emit({ values: { ...toAge(job, now()), Polls: 1 } }, job.video_id);
  const task = await minimax.queryTask(job.task.task_id, signal).catch((error: unknown) => {
    throw error instanceof Failure ? checkFailed(job, error, { now: now(), schedule }) : error;
  });
  return checked(job, task, { now: now(), schedule });
});
