import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The stack's name and the construct's path in it, as in `Shop-Videos`: in these two of them in one region differ. */
export function toServiceName(construct: Construct): string {
  const parts = pathOf(construct).map((part) => part.replaceAll(/[^\w-]/g, '-'));
  return parts.filter((part, index) => part !== parts[index - 1]).join('-');
}

/** In which callers' idempotency keys become ids, so that two deployments with one bucket do not give two keys one id. */
export function toNamespace(construct: Construct): string {
  return [Aws.ACCOUNT_ID, Aws.REGION, ...pathOf(construct)].join('/');
}

/** The name of the top-level stack, and the construct's path in it. */
function pathOf(construct: Construct): readonly string[] {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return [
    stack.stackName,
    ...construct.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id),
  ];
}
