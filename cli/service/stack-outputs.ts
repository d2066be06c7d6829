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

/** The values of an output, by what stands before its name: the path of a construct in a stack of one's own, and nothing in ours. */
export function outputsNamed(
  outputs: ReadonlyMap<string, string>,
  name: string,
): readonly { readonly prefix: string; readonly value: string }[] {
  return [...outputs]
    .filter(([key]) => key.endsWith(name))
    .map(([key, value]) => ({ prefix: key.slice(0, -name.length), value }));
}
