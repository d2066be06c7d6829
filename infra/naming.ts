import { createHash } from 'node:crypto';
import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The name of a dashboard has at most 255 characters, and ends in the region. */
const MAX_CHARACTERS = 200;
const HASH_CHARACTERS = 8;

/**
 * The stack's name and the construct's path in it, as in `Shop-Videos`; unique in a region. A construct with the stack's own name
 * adds nothing. A hash is appended where the joined parts would be ambiguous, as `shop-eu` and `Videos`, or `shop` and `eu-Videos`.
 */
export function toServiceName(construct: Construct): string {
  const parts = pathOf(construct);
  const [stackName = '', ...path] = parts;
  const isAlike = path.length === 1 && path[0] === stackName;
  const name = isAlike ? stackName : parts.map((part) => part.replaceAll(/[^\w-]/g, '-')).join('-');
  if (name.length <= MAX_CHARACTERS && parts.every((part) => /^\w+$/.test(part))) return name;
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, HASH_CHARACTERS);
  return `${name.slice(0, MAX_CHARACTERS - HASH_CHARACTERS - 1)}-${hash}`;
}

/**
 * The name of a log group to which an AWS service delivers. This prefix saves entries in the log resource policies, of which a region
 * has ten with 5120 characters each: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 * The name changes with the log group's logical id, so that CloudFormation can make the new group before it deletes the old one.
 * @param service as in `states`
 * @param scope a construct with one such log group
 */
export function toVendedLogName(service: string, scope: Construct): string {
  return `/aws/vendedlogs/${service}/${toServiceName(scope)}`;
}

/** Callers' idempotency keys become ids within it, so that two deployments with one bucket do not give two keys one id. */
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
