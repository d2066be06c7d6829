import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import { createExecutions } from '../../../lambdas/io/aws/executions.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine';
const EXECUTION_ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
const startDate = new Date('2026-11-22T10:00:00Z');

const sfn = new SFNClient({ region: 'eu-west-1' });
const client = mockClient(sfn);
afterEach(() => client.reset());
const executions = createExecutions(ARN, sfn, sfn);

test('finds every execution that runs, a thousand in a call, with its redrives', async () => {
  const item = { executionArn: EXECUTION_ARN, stateMachineArn: ARN, status: 'RUNNING', startDate } as const;
  client
    .on(ListExecutionsCommand)
    .resolvesOnce({ executions: [{ ...item, name: 'v1', redriveCount: 2 }], nextToken: 'more' })
    .resolvesOnce({ executions: [{ ...item, name: 'v2' }] });
  expect(await executions.running()).toEqual([
    { arn: EXECUTION_ARN, name: 'v1', startDate, redriveCount: 2 },
    { arn: EXECUTION_ARN, name: 'v2', startDate, redriveCount: 0 },
  ]);
  // The SDK sends one object again, with the token of the next page.
  const inputs = client.commandCalls(ListExecutionsCommand).map(({ args: [{ input }] }) => input);
  const request = { stateMachineArn: ARN, statusFilter: 'RUNNING', maxResults: 1000, nextToken: 'more' };
  expect(inputs).toEqual([request, request]);
});
