import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CaughtError } from '../../core/job/job.ts';

/** SendTaskSuccess and SendTaskFailure: end a task of the workflow that waits for its token (`.waitForTaskToken`). */
export interface TaskCallback {
  succeed(taskToken: string, output: object): Promise<void>;
  /** The execution gets exactly this error and cause, unlike with an error that a Lambda function throws. */
  fail(taskToken: string, error: CaughtError): Promise<void>;
}

export function createTaskCallback(client = new SFNClient()): TaskCallback {
  return {
    async succeed(taskToken, output) {
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
    },
    async fail(taskToken, { Error: error, Cause: cause }) {
      await client.send(new SendTaskFailureCommand({ taskToken, error, cause }));
    },
  };
}
