import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readService } from '../../../cli/reindex-stack.ts';
import { UsageError } from '../../../local/user-error.ts';
import { appWith, templateOf } from '../../harness/synthesized.ts';

const client = new CloudFormationClient({ region: 'eu-west-1' });
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
  expect(await readService('Mine', client)).toEqual({
    bucket: 'VideoBucket',
    table: 'VideoTable',
    stateMachineArn: 'StateMachineArn',
    rules: { visibility: 'everyone', listedMetadata: ['order', 'shop'] },
  });
});

test('reads the one service of several that is named, and asks where none is', async () => {
  const Outputs = ['Videos', 'Drafts'].flatMap((path) =>
    outputsWith({}).map(({ OutputKey, OutputValue }) => ({
      OutputKey: `${path}${OutputKey}`,
      OutputValue: OutputKey === 'ListRules' ? OutputValue : `${path}/${OutputValue}`,
    })),
  );
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'Shop' })
    .resolves({ Stacks: [{ ...stack, Outputs }] });
  expect(await readService('Shop/Drafts', client)).toMatchObject({ bucket: 'Drafts/VideoBucket' });
  await expect(readService('Shop', client)).rejects.toThrow('The stack Shop has 2 services: Videos, Drafts.');
});

test('says what is missing where the stack cannot be read', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('no such stack'), { name: 'X' }));
  await expect(readService('Mine', client)).rejects.toThrow(UsageError);
  await expect(readService('Mine', client)).rejects.toThrow(
    'The outputs of the stack Mine could not be read (X: no such stack). Give --stack and AWS credentials.',
  );
});

test('says that a stack is of an earlier release', async () => {
  const Outputs = outputsWith({}).filter(({ OutputKey }) => OutputKey !== 'ListRules');
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs }] });
  await expect(readService('Mine', client)).rejects.toThrow('has no output ListRules.');
});
