import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { startAwsEndpoint } from './aws/aws-endpoint.ts';
import { startObjectStore } from './aws/object-store.ts';
import { secretsManagerApi } from './aws/secrets-manager-api.ts';
import { stepFunctionsApi } from './aws/step-functions-api.ts';
import { awsSurroundings } from './aws/surroundings.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { createEngine, type Engine, type LocalExecution } from './engine/engine.ts';
import { startHttpTrigger } from './http-trigger.ts';
import { startLambdaHost } from './lambda/lambda-host.ts';

export interface LocalServiceOptions {
  /** A synthesized cloud assembly. */
  readonly assembly: string;
  /** Where the objects are kept. */
  readonly objectFolder: string;
  /** Secrets by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The HTTP trigger's port. @default a free one */
  readonly port?: number;
  /** How long each pause of the workflow takes, in milliseconds. @default as long as the definition says */
  readonly pauseMs?: number;
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
  readonly onLog?: (functionName: string, text: string) => void;
}

/** The whole synthesized service, running on this machine. */
export interface LocalService {
  /** As in `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly deployment: Deployment;
  readonly engine: Engine;
  /** The environment in which AWS SDK clients talk to this service, as its functions have it. */
  readonly environment: ReturnType<typeof awsSurroundings>;
  stop(): Promise<void>;
}

export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { assembly, objectFolder, secrets, port = 0, pauseMs, onEvent, onLog = () => undefined } = options;
  await using cleanup = new AsyncDisposableStack();
  const deployment = await readDeployment(assembly);
  const store = await startObjectStore({ folder: objectFolder, buckets: deployment.buckets });
  cleanup.defer(() => store.stop());

  const lambda = startLambdaHost({ functions: deployment.functions, surroundings: () => environment, onLog });
  const engine = createEngine({
    stateMachine: deployment.stateMachine,
    lambda,
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  const aws = await startAwsEndpoint({ ...secretsManagerApi(secrets), ...stepFunctionsApi(engine) });
  cleanup.defer(() => aws.stop());
  const environment = awsSurroundings({ s3: store.url, others: aws.url });
  cleanup.defer(() => lambda.stop());

  const trigger = await startHttpTrigger(deployment.routes, lambda, port);
  cleanup.defer(() => trigger.stop());
  cleanup.defer(() => engine.stopAll());

  const everything = cleanup.move();
  return { url: trigger.url, deployment, engine, environment, stop: () => everything.disposeAsync() };
}
