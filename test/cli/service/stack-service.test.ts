import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readService } from '../../../cli/reindex-stack.ts';
import { UsageError } from '../../../local/user-error.ts';
import { appWith, templateOf } from '../../harness/synthesized.ts';

const client = new CloudFormationClient({ region: 'eu-west-1' });
const MINE = { stack: 'Mine', construct: undefined };
const cloudFormation = mockClient(client);
const stack = { StackName: 'Mine', CreationTime: new Date(), StackStatus: 'CREATE_COMPLETE' } as const;

/** The outputs of the synthesized stack. A value that CloudFormation makes is the name of the output here. */
function outputsWith(context: Readonly<Record<string, unknown>>) {
  const outputs = templateOf(appWith({ context })).findOutputs('*');
  return Object.entries(outputs).map(([OutputKey, { Value }]) => ({
    OutputKey,
    OutputValue: typeof Value === 'string' ? Value : OutputKey,
  }));
}

test('reads the parts of a stack and the rules of its lists from its outputs', async () => {
  const Outputs = outputsWith({ visibility: 'everyone', listedMetadata: 'order,shop' });
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'Mine' })
    .resolves({ Stacks: [{ ...stack, Outputs }] });
  expect(await readService(MINE, client)).toEqual({
    bucket: 'VideoBucket',
    table: 'VideoTable',
    stateMachineArn: 'StateMachineArn',
    rules: { visibility: 'everyone', listedMetadata: ['order', 'shop'] },
  });
});

test('says what is missing where the stack cannot be read', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('no such stack'), { name: 'X' }));
  await expect(readService(MINE, client)).rejects.toThrow(UsageError);
  await expect(readService(MINE, client)).rejects.toThrow(
    'The outputs of the stack Mine could not be read (X: no such stack). Give --stack and AWS credentials.',
  );
});

test('says that a stack is of an earlier release', async () => {
  const Outputs = outputsWith({}).filter(({ OutputKey }) => OutputKey !== 'ListRules');
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs }] });
  await expect(readService(MINE, client)).rejects.toThrow('has no output ListRules.');
});

test('finds the outputs of a construct in a stack of your own, and asks which where there are several', async () => {
  const named = (construct: string) =>
    outputsWith({}).map(({ OutputKey, OutputValue }) => ({
      OutputKey: `${construct}${OutputKey}`,
      OutputValue,
    }));
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs: named('Videos') }] });
  expect(await readService(MINE, client)).toMatchObject({ table: 'VideoTable' });
  const Outputs = [...named('Videos'), ...named('Others')];
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs }] });
  await expect(readService(MINE, client)).rejects.toThrow(
    'The stack Mine has several services; give --construct with one of Videos, Others.',
  );
  expect(await readService({ ...MINE, construct: 'Others' }, client)).toMatchObject({ table: 'VideoTable' });
});
