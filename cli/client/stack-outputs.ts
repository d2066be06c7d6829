import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** The outputs of a stack by their names, from CloudFormation. @throws Error of the SDK */
export async function readOutputs(
  StackName: string,
  client: CloudFormationClient,
): Promise<ReadonlyMap<string, string>> {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
