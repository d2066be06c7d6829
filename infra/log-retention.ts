import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Sets how long every log group of a construct is kept. */
export function applyLogRetention(scope: Construct, retention: RetentionDays): void {
  for (const each of scope.node.findAll().filter((child) => child instanceof CfnLogGroup))
    each.retentionInDays = retention === RetentionDays.INFINITE ? undefined : retention;
}
