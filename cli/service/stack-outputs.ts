import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { OUTPUT_NAMES, type OutputName } from '../../infra/output-names.ts';
import { UsageError } from '../../local/user-error.ts';

/** What every service writes. */
const ALWAYS: readonly OutputName[] = ['StateMachineArn', 'VideoBucket', 'VideoTable', 'ListRules'];

/**
 * The outputs of the service in a stack by their names, from CloudFormation. In a stack of the user's own each key begins with the path of the
 * construct.
 * @param stack the name or the ARN of a stack, and behind a slash the path of one service of several, as in `Shop/Videos`
 * @throws Error of the SDK, and UsageError where it is not clear which service is meant
 */
export async function readServiceOutputs(
  stack: string,
  client: CloudFormationClient,
): Promise<ReadonlyMap<string, string>> {
  const [StackName, path] = toParts(stack);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const given = Stacks?.[0]?.Outputs ?? [];
  const outputs = new Map(given.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  const prefix = choose(StackName, servicesIn(outputs), path);
  return new Map(
    OUTPUT_NAMES.flatMap((name) => {
      const value = outputs.get(`${prefix}${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function toParts(stack: string): readonly [stackName: string, path: string | undefined] {
  const [, stackName = stack, path] = /^(arn:[^/]*\/[^/]*\/[^/]*|[^/]*)(?:\/(.+))?$/.exec(stack) ?? [];
  return [stackName, path];
}

/** What the keys of each service begin with. */
function servicesIn(outputs: ReadonlyMap<string, string>): readonly string[] {
  const [end = ''] = ALWAYS;
  const prefixes = [...outputs.keys()].flatMap((key) => (key.endsWith(end) ? key.slice(0, -end.length) : []));
  return prefixes.filter((prefix) => ALWAYS.every((name) => outputs.has(`${prefix}${name}`)));
}

/** In a stack without a service, the caller says which output is missing. */
function choose(stackName: string, services: readonly string[], path: string | undefined): string {
  const [first = '', ...others] = services;
  if (path === undefined) {
    if (others.length === 0) return first;
    throw new UsageError(
      `The stack ${stackName} has ${services.length} services: ${services.join(', ')}. Choose one, as in --stack ${stackName}/${first}.`,
    );
  }
  const prefix = path.replaceAll(/[^A-Za-z0-9]/g, '');
  if (services.includes(prefix)) return prefix;
  const known = services.length === 0 ? 'no service' : services.join(', ');
  throw new UsageError(`The stack ${stackName} has no service ${path}; it has ${known}.`);
}
