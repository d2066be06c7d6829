import { Failure } from './core/failure.ts';
import { adopted, type NewJob, type SubmittedJob } from './core/job.ts';
import { faultsSentence, toVideoRequest } from './core/request.ts';
import { workflowStep } from './io/workflow-step.ts';

/** Takes up a task that MiniMax has already. Nothing is submitted, so nothing can be charged by it. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { now }) => {
  const request = toVideoRequest(job.request);
  if (!request.ok)
    throw new Failure('InvalidRequest', `The request is wrong: ${faultsSentence(request.faults)}.`);
  if (!('task_id' in request.value)) throw new Failure('InvalidRequest', 'There is no task_id to adopt.');
  return adopted({ ...job, request: request.value }, now());
});
