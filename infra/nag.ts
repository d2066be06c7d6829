import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Acknowledges findings of cdk-nag on one construct, each by its full id and with the reason. */
export function acknowledgeFindings(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** Acknowledges a wildcard in a role's policy. @param resource the ARN with the wildcard, as in the policy */
export function acknowledgeWildcard(role: IConstruct, resource: string, reason: string): void {
  acknowledgeFindings(role, {
    [`AwsSolutions-IAM5[Resource::${toNagResource(Stack.of(role).resolve(resource))}]`]: reason,
  });
}

/** An ARN as cdk-nag spells it: a value that CloudFormation computes is in angle brackets. */
function toNagResource(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const [[name, argument] = []] = Object.entries(resolved ?? {});
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as readonly string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as readonly [string, readonly unknown[]];
    return parts.map(toNagResource).join(separator);
  }
  return JSON.stringify(resolved);
}

/** A function or a state machine refers to its role, and depends on the role and its policy. cfn-lint calls one of both superfluous. */
export function acknowledgeDependencies({ node }: IConstruct): void {
  const resource = node.defaultChild as CfnResource;
  resource.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });
}
