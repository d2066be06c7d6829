import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The stack's name and the construct's path in it, as in `Shop-Videos`: in these two of them in one region differ. */
export function toServiceName(construct: Construct): string {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const inStack = construct.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const parts = [stack.stackName, ...inStack].map((part) => part.replaceAll(/[^\w-]/g, '-'));
  return parts.filter((part, index) => part !== parts[index - 1]).join('-');
}
