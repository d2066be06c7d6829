import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readVideosUrl } from '../../../cli/service/videos-url.ts';
import { OUTPUT_NAMES } from '../../../infra/output-names.ts';
import { UsageError } from '../../../local/user-error.ts';

const client = new CloudFormationClient({ region: 'eu-west-1' });
const cloudFormation = mockClient(client);
const stack = { StackName: 'Mine', CreationTime: new Date(), StackStatus: 'CREATE_COMPLETE' } as const;

test("reads the stack's output", async () => {
  const Outputs = [{ OutputKey: 'VideosUrl', OutputValue: 'https://a.example/videos' }];
  cloudFormation
    .on(DescribeStacksCommand, { StackName: 'Mine' })
    .resolves({ Stacks: [{ ...stack, Outputs }] });
  expect(await readVideosUrl('Mine', client)).toBe('https://a.example/videos');
});

test('says what is missing where the stack cannot be read', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('no such stack'), { name: 'X' }));
  await expect(readVideosUrl('Mine', client)).rejects.toThrow(UsageError);
  await expect(readVideosUrl('Mine', client)).rejects.toThrow(
    'The address of the stack Mine could not be read (X: no such stack). Give --url, or --stack and AWS credentials.',
  );
});

/** The outputs of a service whose keys begin with a path. */
function outputsOf(path: string) {
  return OUTPUT_NAMES.map((name) => ({
    OutputKey: `${path}${name}`,
    OutputValue: `${path}/${name}`,
  }));
}

function answerWith(StackName: string, ...paths: readonly string[]): void {
  const Outputs = [
    { OutputKey: 'PublicVideosUrl', OutputValue: 'https://shop.example' },
    { OutputKey: 'OrdersStateMachineArn', OutputValue: 'arn:aws:states:…' },
    ...paths.flatMap(outputsOf),
  ];
  cloudFormation
    .reset()
    .on(DescribeStacksCommand, { StackName })
    .resolves({ Stacks: [{ ...stack, Outputs }] });
}

test('finds the one service of a stack by the end of its keys, and takes no other output for one', async () => {
  answerWith('Shop', 'Videos');
  expect(await readVideosUrl('Shop', client)).toBe('Videos/VideosUrl');
  expect(await readVideosUrl('Shop/Videos', client)).toBe('Videos/VideosUrl');
});

test('asks which of several services is meant', async () => {
  answerWith('Shop', 'Videos', 'PressDrafts');
  await expect(readVideosUrl('Shop', client)).rejects.toThrow(
    'The stack Shop has 2 services: Videos, PressDrafts. Choose one, as in --stack Shop/Videos.',
  );
  expect(await readVideosUrl('Shop/Press/Drafts', client)).toBe('PressDrafts/VideosUrl');
  await expect(readVideosUrl('Shop/Video', client)).rejects.toThrow(
    'The stack Shop has no service Video; it has Videos, PressDrafts.',
  );
});

test('takes the path of a service behind the ARN of a stack', async () => {
  const arn = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/0a1b';
  answerWith(arn, 'Videos', 'Drafts');
  expect(await readVideosUrl(`${arn}/Drafts`, client)).toBe('Drafts/VideosUrl');
});

test('says that a stack has no service', async () => {
  answerWith('Shop');
  await expect(readVideosUrl('Shop', client)).rejects.toThrow(
    'The stack Shop has no output VideosUrl; give --url.',
  );
  await expect(readVideosUrl('Shop/Videos', client)).rejects.toThrow(
    'has no service Videos; it has no service.',
  );
});

test('says that a stack is another one', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  await expect(readVideosUrl('Mine', client)).rejects.toThrow('has no output VideosUrl; give --url.');
});
