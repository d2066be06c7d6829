import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { startAwsEndpoint } from './aws/aws-endpoint.ts';
import { createEventBus, eventBridgeApi, type LocalEventBus } from './aws/event-bus.ts';
import { startObjectStore } from './aws/object-store.ts';
import { secretsManagerApi } from './aws/secrets-manager-api.ts';
import { publishEnd } from './aws/status-change.ts';
import { stepFunctionsApi } from './aws/step-functions-api.ts';
import { awsSurroundings } from './aws/surroundings.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { createEngine, type Engine, type LocalExecution } from './engine/engine.ts';
import { openExecutionStore } from './engine/execution-store.ts';
import type { Resumed } from './engine/run.ts';
import { type AnsweredRequest, startHttpTrigger } from './http-trigger.ts';
import { followInterruptions } from './interruptions.ts';
import { startLambdaHost } from './lambda/lambda-host.ts';
import { lockFolder } from './state/folder-lock.ts';
import { generatedSecrets } from './state/generated-secrets.ts';
import { createVideoObjects, type VideoObjects } from './video-objects.ts';

/** Between two tries to hand over an event; Lambda waits for minutes. */
const RETRY_PAUSE_MS = 1_000;

/** How long a create that is under way may hold up the end: its answer would be lost. */
const LAST_CREATE_MS = 20_000;

/** How long events that are under way may hold up the end. */
const LAST_EVENTS_MS = 5_000;

export interface LocalServiceOptions {
  /** A synthesized cloud assembly. */
  readonly assembly: string;
  /** Where the objects are kept. */
  readonly objectFolder: string;
  /** Where executions are kept, for this process alone. @default beside the objects: a start on the same objects goes on */
  readonly stateFolder?: string;
  /** Secrets by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The HTTP trigger's port. @default a free one */
  readonly port?: number;
  /** How long each pause of the workflow takes, in milliseconds. @default as long as the definition says */
  readonly pauseMs?: number;
  /** The same for each wait for the bell. @default `pauseMs` */
  readonly waitMs?: number | (() => number);
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
  readonly onRequest?: (request: AnsweredRequest) => void;
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
  readonly bus: LocalEventBus;
  /** The executions that the process before had left unfinished. */
  readonly resumed: readonly Resumed[];
  readonly videos: VideoObjects;
  /** Waits until everybody who is to hear of the newest end of an execution has. */
  heardOf(executionName: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { assembly, objectFolder, secrets, port = 0, pauseMs, waitMs } = options;
  const { onEvent, onLog = () => undefined, stateFolder = `${objectFolder}-state` } = options;
  await using cleanup = new AsyncDisposableStack();
  cleanup.use(lockFolder(stateFolder));
  const executions = openExecutionStore(join(stateFolder, 'executions.sqlite'));
  cleanup.defer(() => executions.close());
  const deployment = await readDeployment(assembly);
  const store = await startObjectStore({ folder: objectFolder, buckets: deployment.buckets });
  cleanup.defer(() => store.stop());

  const lambda = startLambdaHost({
    functions: deployment.functions,
    surroundings: () => environment,
    apiUrl: { deployed: deployment.apiUrl, here: () => trigger.url },
    onLog,
  });
  const bus = createEventBus({ rules: deployment.rules, lambda, pauseMs: pauseMs ?? RETRY_PAUSE_MS });
  const ends = new Map<string, Promise<void>>();
  const engine = createEngine({
    stateMachine: deployment.stateMachine,
    lambda,
    store: executions,
    putObject: store.putObject,
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(waitMs === undefined ? {} : { waitMs }),
    onEvent: (execution, event) => {
      if (execution.status !== 'RUNNING' && !interruptions.goesOn(execution)) announce(execution);
      onEvent?.(execution, event);
    },
  });

  const videos = createVideoObjects(deployment, objectFolder);
  const interruptions = followInterruptions({ engine: () => engine, videos });
  cleanup.defer(() => interruptions.stop());
  function announce(execution: LocalExecution): void {
    const { name } = execution;
    const heard = publishEnd(bus, deployment.stateMachine.arn, execution).then(() => {
      if (bus.isClosed) return;
      executions.markAnnounced(name);
      if (ends.get(name) === heard) ends.delete(name);
    });
    ends.set(name, heard);
  }

  const aws = await startAwsEndpoint({
    ...secretsManagerApi(secrets, generatedSecrets(stateFolder, deployment.secrets)),
    ...stepFunctionsApi(engine),
    ...eventBridgeApi(bus),
  });
  cleanup.defer(() => aws.stop());
  const environment = awsSurroundings({ s3: store.url, others: aws.url });
  cleanup.defer(() => lambda.stop());

  const trigger = await startHttpTrigger(deployment.routes, lambda, port, options.onRequest);
  cleanup.defer(() => trigger.stop());
  cleanup.defer(async () => {
    await engine.finishCreates(LAST_CREATE_MS);
    engine.suspend();
  });
  cleanup.defer(() => bus.close(LAST_EVENTS_MS));

  const resumed = engine.resume();
  for (const name of executions.unannounced()) {
    const ended = engine.executions.get(name);
    if (ended !== undefined && !ends.has(name) && !interruptions.goesOn(ended)) announce(ended);
  }

  const everything = cleanup.move();
  return {
    url: trigger.url,
    deployment,
    engine,
    environment,
    bus,
    resumed,
    videos,
    heardOf: async (name) => ends.get(name),
    stop: () => everything.disposeAsync(),
  };
}
