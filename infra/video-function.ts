import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentOf, FunctionName } from '../lambdas/core/environment.ts';
import { type FunctionNetwork, grantInterfaces, toLambdaNetwork } from './function-network.ts';
import { type Grant, grant } from './grants.ts';
import { acknowledgeDependencies, acknowledgeFindings, acknowledgeWildcard } from './nag.ts';

export interface VideoFunctionProps<Name extends FunctionName> {
  /** Folder of the bundle. */
  readonly bundle: string;
  readonly description: string;
  /** Its environment variables. */
  readonly environment: EnvironmentOf<Name>;
  /** What its role may do. @default nothing */
  readonly grants?: readonly Grant[];
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** @default Lambda's own network */
  readonly network?: FunctionNetwork;
  /** @default 256 */
  readonly memoryMegabytes?: number;
}

/** One Lambda function of this service. Its role writes its own log, sends traces and has the `grants`. */
export class VideoFunction<Name extends FunctionName> extends LambdaFunction {
  override readonly role: Role;

  /** Without `:*`, which the CDK adds for versions. These functions have none, so the wildcard would be superfluous. */
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
      ...toLambdaNetwork(props.network),
    });
    this.role = role;
    for (const each of props.grants ?? []) grant(role, each);
    if (props.network?.vpc !== undefined) grantInterfaces(role);
    acknowledgeWildcard(role, '*', 'X-Ray takes traces for the resource * only.');
    acknowledgeDependencies(this);
    acknowledgeFindings(this, {
      'Serverless-LambdaDLQ':
        'Callers handle failures: Step Functions retries, API Gateway returns 5xx, the hourly sweep recovers missed events.',
    });
  }
}
