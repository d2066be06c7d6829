import { Failure } from './core/failure.ts';
import { adopted, type NewJob, type SubmittedJob } from './core/job.ts';
import { requireVideoRequest } from './core/request.ts';
import { workflowStep } from './io/workflow-step.ts';

/** Takes up a task that MiniMax has already. Nothing is submitted, so nothing can be charged by it. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { now }) => {
  const request = requireVideoRequest(job.request);
  if (!('task_id' in request)) throw new Failure('InvalidRequest', 'There is no task_id to adopt.');
  return adopted({ ...job, request }, now());
});
