import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentOf, FunctionName } from '../lambdas/core/environment.ts';
import { type Permission, permit } from './grants.ts';
import { acceptFindings, acknowledgeWildcard } from './nag.ts';

export interface VideoFunctionProps<Name extends FunctionName> {
  /** Folder of the bundle. */
  readonly bundle: string;
  readonly description: string;
  /** What the function may know. */
  readonly environment: EnvironmentOf<Name>;
  /** What the function may touch. @default nothing */
  readonly may?: readonly Permission[];
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** @default 256 */
  readonly memoryMegabytes?: number;
}

/**
 * One Lambda function of ours, with a role that writes its own log, sends traces, and does what `may` says. Whoever may
 * invoke it may not invoke its versions, of which there are none.
 */
export class VideoFunction<Name extends FunctionName> extends LambdaFunction {
  override readonly role: Role;

  override get resourceArnsForGrantInvoke(): string[] {
    return [this.functionArn];
  }

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
      environment: { ...props.environment },
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memoryMegabytes ?? 256,
      tracing: Tracing.ACTIVE,
      logGroup,
      role,
    });
    this.role = role;
    for (const permission of props.may ?? []) permit(role, permission);
    acknowledgeWildcard(role, '*', 'X-Ray takes traces for the resource * only.');
    acceptFindings(this, {
      'Serverless-LambdaDLQ':
        'Whoever calls it hears of its failure and repeats the call; ends that nobody has told of are looked for each hour.',
    });
  }
}
