import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../local/user-error.ts';
import { readServiceOutputs } from './stack-outputs.ts';

/** Reads a stack's output `VideosUrl` from CloudFormation. @throws UsageError where there is no such stack or output */
export async function readVideosUrl(stackName: string, client = new CloudFormationClient()): Promise<string> {
  const outputs = await readServiceOutputs(stackName, client).catch((error: Error) => {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `The address of the stack ${stackName} could not be read (${error.name}: ${error.message}). Give --url, or --stack and AWS credentials.`,
    );
  });
  const url = outputs.get('VideosUrl');
  if (url !== undefined) return url;
  throw new UsageError(`The stack ${stackName} has no output VideosUrl; give --url.`);
}
