import { createServer } from 'node:http';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { STATES } from '../lambdas/core/states.ts';
import { createGateway } from './api-gateway/gateway.ts';
import { rejectingSimulated, sayingSimulated } from './api-gateway/minimax-header.ts';
import { type AnsweredRequest, followRequests } from './api-gateway/request-log.ts';
import { createCredentials } from './aws/credentials.ts';
import { awsEnvironment } from './aws/environment.ts';
import { createAwsJsonApi } from './aws/json-endpoint.ts';
import { secretsManagerApi } from './aws/secrets-manager-api.ts';
import type { TableCall } from './dynamodb/consumed-units.ts';
import { createTableStore, type TableStore } from './dynamodb/table-store.ts';
import { createEndAnnouncements } from './end-announcements.ts';
import { createEventBus, eventBridgeApi, type LocalEventBus } from './event-bridge/event-bus.ts';
import { startLambdaHost } from './lambda/lambda-host.ts';
import { listen } from './loopback-server.ts';
import { underOneOrigin } from './one-origin.ts';
import { forPagesOf, pageOwner } from './page/page-owner.ts';
import { createPageRoute } from './page/page-route.ts';
import { createVideoEvents } from './page/video-events.ts';
import { type ForgottenVideo, forgottenVideos } from './recovery/forgotten-videos.ts';
import { createVideoObjects, type VideoObjects } from './recovery/video-objects.ts';
import { createObjectApi } from './s3/object-store.ts';
import { dataNameIn } from './state/data-name.ts';
import { lockStateFolder } from './state/folder-lock.ts';
import { generatedSecrets } from './state/generated-secrets.ts';
import { useObjects } from './state/object-users.ts';
import { stepFunctionsApi } from './step-functions/api.ts';
import { createEngine, type Engine, type LocalExecution } from './step-functions/engine.ts';
import type { Resumed } from './step-functions/execution.ts';
import { openExecutionStore } from './step-functions/execution-store.ts';
import { type Deployment, readDeployment } from './template/deployment.ts';

/** Between two attempts to deliver an event. Lambda waits for minutes. */
const RETRY_PAUSE_MS = 1_000;

/** How long `stop` waits for a running create, whose answer would otherwise be lost. */
const LAST_CREATE_MS = 20_000;

/** How long `stop` waits for the delivery of events. */
const LAST_EVENTS_MS = 5_000;

export interface LocalServiceOptions {
  /** A synthesized cloud assembly. */
  readonly assembly: string;
  /** The folder of the objects. */
  readonly objectFolder: string;
  /** The folder of the executions, which this process locks. @default beside the objects, so that the next start resumes them */
  readonly stateFolder?: string;
  /** Secrets by their names. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The port of the one listener. @default a free one */
  readonly port?: number;
  /** Whether the API says of itself that its MiniMax is the simulated one. @default false */
  readonly isSimulated?: boolean;
  /** How many instances of each function may run at once. @default 10 */
  readonly maxWorkers?: number;
  /** Replaces each pause of the workflow, in milliseconds. @default the pauses of the definition */
  readonly pauseMs?: number;
  /** Replaces each wait for a callback, in milliseconds. @default `pauseMs` */
  readonly waitMs?: number | (() => number);
  /** Whether no execution is continued, and nothing announced: only bucket, table and Step Functions answer. @default false */
  readonly isIdle?: boolean;
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
  readonly onRequest?: (request: AnsweredRequest) => void;
  /** Gets each call of DynamoDB with its consumed capacity. @default capacity is not counted */
  readonly onTableCall?: (call: TableCall) => void;
  readonly onLog?: (functionName: string, text: string) => void;
}

/** The whole synthesized service, running on this machine. */
export interface LocalService {
  /** As in `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly deployment: Deployment;
  readonly engine: Engine;
  /** The environment of the functions, which points AWS SDK clients at this service. */
  readonly environment: ReturnType<typeof awsEnvironment>;
  readonly bus: LocalEventBus;
  /** The tables, and which of them this start has made. */
  readonly tables: TableStore;
  /** The executions that the previous process left unfinished. */
  readonly resumed: readonly Resumed[];
  readonly forgotten: readonly ForgottenVideo[];
  readonly videos: VideoObjects;
  /** Waits until the newest end of an execution was delivered to every target of its event. */
  whenAnnounced(executionName: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Wires all parts of the service. This function is long because its order decides: each part stops before the parts above
 * it, also where the start fails half-way.
 */
export async function startLocalService(options: LocalServiceOptions): Promise<LocalService> {
  const { assembly, objectFolder, secrets, port = 0, pauseMs, waitMs, maxWorkers } = options;
  const { onEvent, onLog = () => undefined, isIdle = false } = options;
  await using cleanup = new AsyncDisposableStack();
  const { folder: stateFolder, lock } = lockStateFolder(options.stateFolder ?? `${objectFolder}-state`);
  cleanup.use(lock);
  const objectUse = cleanup.use(useObjects(objectFolder));
  const executions = openExecutionStore(join(stateFolder, 'executions.sqlite'));
  cleanup.defer(() => executions.close());
  const deployment = await readDeployment(assembly);
  const { buckets, crossOrigin } = deployment;
  const tables = await createTableStore({
    folder: join(stateFolder, 'tables'),
    tables: deployment.tables,
    onTableCall: options.onTableCall,
  });
  cleanup.defer(() => tables.close());
  const credentials = createCredentials();
  const corsRules = crossOrigin.bucketRules;
  const objects = await createObjectApi({ folder: objectFolder, buckets, credentials, corsRules });
  cleanup.defer(() => objects.close());

  const lambda = startLambdaHost({
    functions: deployment.functions,
    awsEnvironment: () => environment,
    apiUrl: { deployed: deployment.apiUrl, here: () => server.url },
    onLog,
    maxWorkers,
  });
  const bus = createEventBus({ rules: deployment.rules, lambda, pauseMs: pauseMs ?? RETRY_PAUSE_MS });
  const videos = createVideoObjects(deployment, objectFolder);
  const stateMachineArn = deployment.stateMachine.arn;
  const ends = createEndAnnouncements({ bus, stateMachineArn, store: executions });
  const videoEvents = createVideoEvents();
  const engine = createEngine({
    stateMachine: deployment.stateMachine,
    lambda,
    store: executions,
    pauseMs,
    waitMs,
    mayHaveActed: (name, state) => state !== STATES.submitTask || videos.isCreateInDoubt(name),
    onEvent: (execution, event) => {
      if (execution.status !== 'RUNNING') ends.announce(execution);
      if (event.type === 'ExecutionRedriven') ends.announceRedrive(execution);
      videoEvents.changed(execution.name);
      onEvent?.(execution, event);
    },
  });

  const operations = {
    ...secretsManagerApi(secrets, generatedSecrets(stateFolder, deployment.secrets)),
    ...stepFunctionsApi(engine),
    ...eventBridgeApi(bus),
  };
  const aws = createAwsJsonApi(operations, credentials, tables);
  const gateway = createGateway(deployment.routes, lambda, crossOrigin);
  const withEvents = videoEvents.before(gateway);
  const { isSimulated = false } = options;
  const owner = pageOwner(dataNameIn(stateFolder), isSimulated);
  const ownApi = forPagesOf(owner, withEvents);
  const api = isSimulated ? sayingSimulated(ownApi) : rejectingSimulated(ownApi);
  const page = createPageRoute({ hasEvents: true, owner: () => owner });
  const protocols = { objects: objects.route, aws, page, api };
  const { route, guard } = underOneOrigin(protocols, { buckets, ...crossOrigin });
  const http = createServer();
  if (options.onRequest !== undefined) followRequests(http, deployment.routes, options.onRequest);
  const server = await listen(http, route, port, guard);
  cleanup.defer(() => server.stop());
  const environment = awsEnvironment({ s3: server.url, others: server.url, credentials });
  cleanup.defer(() => lambda.stop());
  cleanup.defer(async () => {
    await engine.finishCreates(LAST_CREATE_MS);
    engine.suspend();
  });
  cleanup.defer(() => bus.close(LAST_EVENTS_MS));

  const resumed = isIdle ? [] : engine.resume();
  if (!isIdle) ends.announceStored(engine.executions.get);
  // The previous process may have ended before it delivered the event, and a second one does no harm.
  for (const { execution } of resumed)
    if (execution.status === 'RUNNING' && execution.redriveCount > 0) ends.announceRedrive(execution);
  // The job documents of another service over these objects would appear as forgotten.
  const forgotten = objectUse.isAlone && !isIdle ? forgottenVideos({ videos, engine }) : [];
  if (forgotten.length > 0) void bus.tick({ adopt_after_seconds: 0 });

  const everything = cleanup.move();
  return {
    url: server.url,
    deployment,
    engine,
    environment,
    bus,
    tables,
    resumed,
    forgotten,
    videos,
    whenAnnounced: ends.whenAnnounced,
    stop: () => everything.disposeAsync(),
  };
}
