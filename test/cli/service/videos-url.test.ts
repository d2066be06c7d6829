import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readVideosUrl } from '../../../cli/service/videos-url.ts';
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

test('says that a stack is another one', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  await expect(readVideosUrl('Mine', client)).rejects.toThrow('has no output VideosUrl; give --url.');
});

test('finds the output of a construct, and lists the addresses where there are several', async () => {
  const outputOf = (construct: string) => ({
    OutputKey: `${construct}VideosUrl`,
    OutputValue: `https://${construct.toLowerCase()}.example/videos`,
  });
  const answer = (...constructs: readonly string[]) =>
    cloudFormation
      .on(DescribeStacksCommand)
      .resolves({ Stacks: [{ ...stack, Outputs: constructs.map(outputOf) }] });
  answer('Videos');
  expect(await readVideosUrl('Mine', client)).toBe('https://videos.example/videos');
  answer('Videos', 'Others');
  await expect(readVideosUrl('Mine', client)).rejects.toThrow(
    /several services; give the --url of one:\n {2}Videos {2}https:\/\/videos\.example\/videos\n {2}Others/,
  );
});
