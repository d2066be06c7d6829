import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentOf, FunctionName } from '../lambdas/core/function-environment.ts';
import { acknowledge, wildcardFinding } from './acknowledge.ts';

export interface VideoFunctionProps<Name extends FunctionName> {
  /** Folder of the bundle. */
  readonly bundle: string;
  readonly description: string;
  /** What the function may know. */
  readonly environment: EnvironmentOf<Name>;
  /** What the function may touch. @default nothing */
  readonly may?: readonly PolicyStatement[];
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** @default 256 */
  readonly memoryMegabytes?: number;
}

/** A permission to do these things to one resource. */
export function may(actions: readonly string[], resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources: [resource] });
}

/** One Lambda function of ours, with a role that writes its own log, sends traces, and does what `may` says. */
export class VideoFunction<Name extends FunctionName> extends LambdaFunction {
  override readonly role: Role;

  constructor(scope: Construct, id: string, props: VideoFunctionProps<Name>) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.bundle),
      environment: { ...props.environment, POWERTOOLS_SERVICE_NAME: 'template-video' },
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memoryMegabytes ?? 256,
      tracing: Tracing.ACTIVE,
      logGroup,
      role,
    });
    this.role = role;
    for (const statement of props.may ?? []) role.addToPolicy(statement);
    acknowledge(role, {
      [wildcardFinding('*')]: 'X-Ray takes traces for the resource * only.',
    });
  }
}
