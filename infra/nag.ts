import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of cdk-nag on one construct, each by its full id and with the reason. */
export function acceptFindings(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** Accepts that a role may touch more than one thing. @param resource an ARN with a wildcard, as the policy has it */
export function acknowledgeWildcard(role: IConstruct, resource: string, reason: string): void {
  acceptFindings(role, {
    [`AwsSolutions-IAM5[Resource::${inWords(Stack.of(role).resolve(resource))}]`]: reason,
  });
}

/** An ARN as cdk-nag spells it: what only CloudFormation knows stands in angle brackets. */
function inWords(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const [[name, argument] = []] = Object.entries(resolved ?? {});
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as readonly string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as readonly [string, readonly unknown[]];
    return parts.map(inWords).join(separator);
  }
  return JSON.stringify(resolved);
}
