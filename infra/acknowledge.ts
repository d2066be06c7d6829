import type { CfnElement } from 'aws-cdk-lib';
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of cdk-nag on one construct, each by its full id and with the reason. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

/** The id under which cdk-nag finds a wildcard in a policy: `resource` as in `<LogicalId.Arn>/videos/*`. */
export function wildcardFinding(resource: string): string {
  return `AwsSolutions-IAM5[Resource::${resource}]`;
}

/** Accepts that a role may touch every object under a prefix of a bucket. */
export function acknowledgePrefix(role: IConstruct, bucket: IConstruct, prefix: 'videos' | 'uploads'): void {
  const noun = prefix === 'videos' ? 'video' : 'image';
  acknowledge(role, {
    [wildcardFinding(`<${logicalIdOf(bucket)}.Arn>/${prefix}/*`)]:
      `Each ${noun} is an object of its own, under the prefix ${prefix}/.`,
  });
}

/** The logical id of a construct's main resource. */
export function logicalIdOf(construct: IConstruct): string {
  return Stack.of(construct).getLogicalId(construct.node.defaultChild as CfnElement);
}
