import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../local/user-error.ts';

/** Reads a stack's output `VideosUrl` from CloudFormation. @throws UsageError where there is no such stack or output */
export async function readVideosUrl(stackName: string, client = new CloudFormationClient()): Promise<string> {
  const { Stacks } = await client
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: Error) => {
      throw new UsageError(
        `The address of the stack ${stackName} could not be read (${error.name}: ${error.message}). Give --url, or --stack and AWS credentials.`,
      );
    });
  const outputs = Stacks?.[0]?.Outputs ?? [];
  const url = outputs.find(({ OutputKey }) => OutputKey === 'VideosUrl')?.OutputValue;
  if (url !== undefined) return url;
  throw new UsageError(`The stack ${stackName} has no output VideosUrl; give --url.`);
}
