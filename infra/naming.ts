import { createHash } from 'node:crypto';
import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** With the region behind it, it is the name of a dashboard, of at most 255 characters. */
const MAX_CHARACTERS = 200;
const HASH_CHARACTERS = 8;

/**
 * The stack's name and the construct's path in it, as in `Shop-Videos`, by which any two constructs of one region differ. A construct
 * that has the stack's name is called that. Where parts cannot be told apart (`shop-eu` and `Videos`, or `shop` and `eu-Videos`), a
 * hash of them stands behind.
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
 * The name of a log group to which a service of AWS delivers. Under this prefix nothing is added for it to the log resource policies,
 * of which a region has ten with 5120 characters each: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 * The name changes with the logical id of the log group, so that CloudFormation can make the new one before it deletes the old one.
 * @param service as in `states`
 * @param scope of the one such log group in it
 */
export function toVendedLogName(service: string, scope: Construct): string {
  return `/aws/vendedlogs/${service}/${toServiceName(scope)}`;
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
