import { InvalidToken, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import { createExecutions } from '../../../lambdas/io/aws/executions.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine';
const EXECUTION_ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
const startDate = new Date('2026-11-22T10:00:00Z');

const client = mockClient(new SFNClient({ region: 'eu-west-1' }));
afterEach(() => client.reset());
const sfn = client as unknown as SFNClient;
const executions = createExecutions(ARN, sfn, sfn);

test('lists executions in one call, with the statuses of the API', async () => {
  const item = { executionArn: EXECUTION_ARN, stateMachineArn: ARN, name: 'v1', startDate };
  const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'PENDING_REDRIVE'] as const;
  client.on(ListExecutionsCommand).resolves({
    executions: statuses.map((status) => ({ ...item, status })),
    nextToken: 'more',
  });
  const page = await executions.list({ limit: 6, status: 'cancelled', nextToken: 'before' });
  expect(page?.executions.map(({ status }) => status)).toEqual([
    'running',
    'succeeded',
    'failed',
    'cancelled',
    'timed_out',
    'running',
  ]);
  expect(page?.nextToken).toBe('more');
  expect(client.calls()).toHaveLength(1);
  expect(client.commandCalls(ListExecutionsCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: ARN,
    maxResults: 6,
    statusFilter: 'ABORTED',
    nextToken: 'before',
  });
});

test('distinguishes an invalid nextToken from other errors of a list', async () => {
  client
    .on(ListExecutionsCommand)
    .rejects(new InvalidToken({ message: "Invalid Token: 'x'", $metadata: {} }));
  expect(await executions.list({ limit: 1, nextToken: 'x' })).toBeUndefined();
  await expect(executions.list({ limit: 1 })).rejects.toMatchObject({ name: 'InvalidToken' });
});
