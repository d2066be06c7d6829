import { type HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutions } from '../../../lambdas/io/aws/executions.ts';

export const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine';
export const EXECUTION_ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
export const startDate = new Date('2026-11-22T10:00:00Z');

/** Step Functions as a test plays it. Each file resets it after each test. */
export const client = mockClient(new SFNClient({ region: 'eu-west-1' }));
const sfn = client as unknown as SFNClient;
export const executions = createExecutions(ARN, sfn, sfn);

export function entered(name: string, input: object): HistoryEvent {
  return {
    id: 1,
    type: 'TaskStateEntered',
    timestamp: startDate,
    stateEnteredEventDetails: { name, input: JSON.stringify(input) },
  };
}
