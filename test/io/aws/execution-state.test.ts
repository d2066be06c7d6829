import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  InvalidArn,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { afterEach, expect, test } from 'vitest';
import { client, EXECUTION_ARN, executions, startDate } from './mocked-executions.ts';

afterEach(() => client.reset());

const details = { message: 'no', $metadata: {} };
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
const EARLIER = EXECUTION_ARN.replace(':Machine:', ':Earlier:');

test.each([
  ['the execution is missing', new ExecutionDoesNotExist(details), EXECUTION_ARN, 'gone'],
  ['its state machine is missing', new StateMachineDoesNotExist(details), EARLIER, 'gone'],
  ['a grant for the execution is missing', denied, EXECUTION_ARN, 'denied'],
  ['a grant for one of an earlier state machine is missing', denied, EARLIER, 'denied'],
  ["another account's is denied", denied, EXECUTION_ARN.replace('123456789012', '210987654321'), 'elsewhere'],
  ["another region's is denied", denied, EXECUTION_ARN.replace('eu-west-1', 'us-east-1'), 'elsewhere'],
  [
    "another region's has an ARN that is invalid here",
    new InvalidArn(details),
    EXECUTION_ARN.replace('eu-west-1', 'us-east-1'),
    'elsewhere',
  ],
])(
  'distinguishes a missing execution from a missing grant: %s',
  async (_what, error, execution_arn, expected) => {
    client.on(DescribeExecutionCommand).rejects(error);
    expect(await executions.stateOf({ execution_arn, created_at: startDate.toISOString() })).toBe(expected);
  },
);

test('throws where Step Functions fails to describe an execution', async () => {
  client
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
  const key = { execution_arn: EXECUTION_ARN, created_at: startDate.toISOString() };
  await expect(executions.stateOf(key)).rejects.toMatchObject({ name: 'ThrottlingException' });
});
