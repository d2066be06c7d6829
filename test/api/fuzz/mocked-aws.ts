import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

export const sfn = mockClient(SFNClient);
export const s3 = mockClient(S3Client);
export const table = mockClient(DynamoDBDocumentClient);
/** The input and the status of each execution, by name. */
export const executions = new Map<string, { readonly input: string; readonly status: ExecutionStatus }>();
/** The names of executions that exist from the start. */
export const KNOWN = ['known-1', 'known-2', 'known-3', 'known-4', 'known-5'] as const;
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'] as const;
/** Inputs that an operator may start in the console. */
const INPUTS: readonly string[] = [
  '{"template_id":"1","metadata":{"a":1}}',
  '{"task_id":"42"}',
  '[]',
  '"text"',
  'null',
];
const OUTPUT = JSON.stringify({
  wait_seconds: 10,
  task: { task_id: '42' },
  check: { polls: 2, status: 'running' },
  video: { bucket: 'videos', key: 'videos/1/video.mp4', bytes: 9, sha256: 'ab', content_type: 'video/mp4' },
});
/** Resets to Step Functions as it is documented, and to an S3 that accepts everything. */
export function forget(): void {
  executions.clear();
  for (const [index, name] of KNOWN.entries())
    executions.set(name, { input: INPUTS[index] ?? '{}', status: STATUSES[index] ?? 'RUNNING' });
  sfn.reset();
  s3.reset();
  s3.onAnyCommand().resolves({});
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  sfn.on(StartExecutionCommand).callsFake(async ({ name, input }) => {
    if (executions.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata: {} });
    executions.set(name, { input, status: 'RUNNING' });
    return { executionArn: name, startDate: new Date() };
  });
  sfn.on(DescribeExecutionCommand).callsFake(async ({ executionArn }) => {
    if (/[^\x20-\x7e]/.test(executionArn))
      throw Object.assign(new Error('arn'), { name: 'ValidationException' });
    const name = executionArn.split(':').at(-1);
    const found = executions.get(name);
    if (found === undefined) throw new ExecutionDoesNotExist({ message: executionArn, $metadata: {} });
    const stopDate = found.status === 'RUNNING' ? undefined : new Date();
    const output = found.status === 'SUCCEEDED' ? OUTPUT : undefined;
    return { name, startDate: new Date(), ...found, stopDate, output };
  });
  sfn.on(StopExecutionCommand).callsFake(async ({ executionArn }) => {
    const name = executionArn.split(':').at(-1);
    executions.set(name, { input: executions.get(name)?.input ?? '{}', status: 'ABORTED' });
    return { stopDate: new Date() };
  });
  sfn.on(GetExecutionHistoryCommand).resolves({
    events: [
      {
        id: 1,
        type: 'WaitStateEntered',
        timestamp: new Date(),
        stateEnteredEventDetails: { name: 'Wait', input: OUTPUT },
      },
    ],
  });
  sfn.on(DescribeStateMachineCommand).resolves({
    definition: JSON.stringify({
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 1, End: true } },
    }),
  });
  table.reset();
  table.onAnyCommand().resolves({});
  // One more than the page has, so that each list has a next page.
  table.on(QueryCommand).callsFake(async ({ Limit = 2 }) => ({
    Items: Array.from({ length: Limit }, (_, at) => toListedItem(KNOWN[at % KNOWN.length] ?? '')),
  }));
}

function toListedItem(video_id: string): object {
  const created_at = '2026-11-27T08:00:00.000Z';
  const entry = { video_id, kind: 'template', status: 'running', created_at, money_spent: 'maybe' };
  return { position: `${created_at}#${video_id}`, video: entry };
}
