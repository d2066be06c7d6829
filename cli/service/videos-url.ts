import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { UsageError } from '../../local/user-error.ts';
import { outputsNamed, readOutputs } from './stack-outputs.ts';

/** Reads a stack's output `VideosUrl` from CloudFormation. @throws UsageError where there is no such stack, or not one output */
export async function readVideosUrl(stackName: string, client = new CloudFormationClient()): Promise<string> {
  const outputs = await readOutputs(stackName, client).catch((error: Error) => {
    throw new UsageError(
      `The address of the stack ${stackName} could not be read (${error.name}: ${error.message}). Give --url, or --stack and AWS credentials.`,
    );
  });
  const [first, ...others] = outputsNamed(outputs, 'VideosUrl');
  if (first === undefined)
    throw new UsageError(`The stack ${stackName} has no output VideosUrl; give --url.`);
  if (others.length === 0) return first.value;
  const urls = [first, ...others].map(({ prefix, value }) => `\n  ${prefix}  ${value}`);
  throw new UsageError(`The stack ${stackName} has several services; give the --url of one:${urls.join('')}`);
}
