import type { SFNClient } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { connectTo } from '../../harness/engine-client.ts';

export const RESOURCE = 'arn:aws:lambda:us-east-1:000000000000:function:Step';
export const stepping = {
  StartAt: 'Step',
  States: {
    Step: {
      Type: 'Task',
      Resource: RESOURCE,
      TimeoutSeconds: 1,
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Broken' }],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
    Broken: { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
  },
} satisfies StateMachineDefinition;
export const waiting = {
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 30, Next: 'Done' }, Done: { Type: 'Succeed' } },
} satisfies StateMachineDefinition;

export function connect(
  definition: StateMachineDefinition,
  replies: readonly WorkerReply[] = [],
  delayMs = 0,
): Promise<SFNClient> {
  const queue = [...replies];
  return connectTo(definition, {
    pauseMs: definition === waiting ? undefined : 0,
    invoke: async () => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return queue.shift() ?? { ok: true, result: '{}' };
    },
  });
}

export const fail = (errorType: string): WorkerReply => ({
  ok: false,
  error: { errorType, errorMessage: 'it broke' },
});
