import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import type { CallbackWait } from '../lambdas/core/callback.ts';
import type { NewJob } from '../lambdas/core/job/job.ts';
import {
  type FailedStepInput,
  REJECTED,
  type RejectedInput,
} from '../lambdas/core/record-failure/failed-step.ts';
import type { EndedJob } from '../lambdas/core/record-failure/outcome.ts';

/** Where the workflow takes each field of a function's input from. */
type Payload<Input> = Readonly<Record<keyof Input, unknown>>;

const EXECUTION = {
  video_id: JsonPath.stringAt('$$.Execution.Name'),
  created_at: JsonPath.stringAt('$$.Execution.StartTime'),
  execution_arn: JsonPath.stringAt('$$.Execution.Id'),
  redrives: JsonPath.numberAt('$$.Execution.RedriveCount'),
};

/** Of `Submit task` and `Adopt task`: the execution's whole input, and which attempt this is. */
export const NEW_JOB: Payload<Omit<NewJob, 'callbacks_supported'>> = {
  ...EXECUTION,
  retries: JsonPath.numberAt('$$.State.RetryCount'),
  request: JsonPath.entirePayload,
};

export const REJECTED_INPUT: Payload<RejectedInput> = {
  rejected_input: JsonPath.entirePayload,
  error: REJECTED,
};

export const FAILED_STEP_INPUT: Payload<FailedStepInput> = { ...EXECUTION, job: JsonPath.entirePayload };

export const ENDED_JOB: Payload<EndedJob> = {
  ...EXECUTION,
  task_token: JsonPath.taskToken,
  job: JsonPath.entirePayload,
};

export const CALLBACK_WAIT: Payload<CallbackWait> = {
  video_id: JsonPath.stringAt('$.video_id'),
  task_token: JsonPath.taskToken,
};
