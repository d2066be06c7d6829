import * as z from 'zod/mini';
import { givenTaskId } from '../api/request.ts';
import { STATES, type StateName } from '../states.ts';

/** The fields by which the inputs of the states differ. */
const stepInputSchema = z.object({
  job: z.optional(z.unknown()),
  task_token: z.optional(z.unknown()),
  task: z.optional(z.unknown()),
  check: z.catch(z.optional(z.object({ status: z.string() })), undefined),
  request: z.optional(z.unknown()),
});

/** The state that was given this input. Each state adds something to the job, by which it is recognized. */
export function inferState(input: unknown): StateName {
  const { job, task_token, task, check, request } = z.safeParse(stepInputSchema, input).data ?? {};
  if (job !== undefined) return task_token === undefined ? STATES.recordFailure : STATES.videoFailed;
  if (task_token !== undefined) return STATES.waitForCallback;
  if (check?.status === 'succeeded') return STATES.copyVideo;
  if (task !== undefined) return STATES.checkTask;
  return givenTaskId(request) === undefined ? STATES.submitTask : STATES.adoptTask;
}
