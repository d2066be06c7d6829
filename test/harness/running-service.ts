import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject, onTestFinished } from 'vitest';
import type { Upload, Video } from '../../lambdas/core/api/response.ts';
import type { Visibility } from '../../lambdas/core/api/visibility.ts';
import { jobKey } from '../../lambdas/core/storage-keys.ts';
import type { ItemKey } from '../../lambdas/core/table/layout.ts';
import { createTable, type Table } from '../../lambdas/io/table/table.ts';
import { UNSIGNED } from '../../local/api-gateway/api-event.ts';
import { type LocalService, type LocalServiceOptions, startLocalService } from '../../local/local-service.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import type { Context } from '../../local/synthesize.ts';
import { copyAssembly } from './assembly.ts';
import { pngOf, toDataUrl } from './images.ts';
import { type SharedAssemblies, synthesizeWith } from './shared-assemblies.ts';

export const API_KEY = 'sk-test-0123456789abcdef';
export const REQUEST = {
  template_id: '393769180141805569',
  media_inputs: [{ value: toDataUrl(pngOf(301, 301)) }],
  text_inputs: [{ value: 'Lion' }],
};

/** Whose the videos of unsigned requests are. */
export const OWNER = `iam ${UNSIGNED}`;

/** Retries without the pauses of a deployed stack. */
export const QUICK = { DOWNLOAD_PAUSE_SECONDS: '0.001', QUERY_PAUSE_SECONDS: '0.001' };

/** MiniMax waits 3 s, in which a function that is cold does not always answer on a busy machine. */
export const CALLBACK_ANSWER_MS = 60_000;

/** A stack synthesized for a simulator, in a folder of its own, with downloads that do not pause. */
export interface SimulatedStack {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly assembly: string;
  stop(): Promise<void>;
}

export interface StackSettings {
  readonly callbacks?: boolean;
  /** With `everyone`, the API shows what was started in the console. @default 'owner' */
  readonly visibility?: Visibility;
  /** Settings that change the template itself, for which it is synthesized anew. @default none */
  readonly further?: Pick<Context, 'corsOrigins' | 'retentionDays'>;
}

/**
 * @param variables of the functions' environments that are to have another value
 * @param assemblies outside of vitest, which provides them
 */
export async function synthesizeForSimulator(
  { callbacks = false, visibility = 'owner', further }: StackSettings = {},
  variables: Readonly<Record<string, string>> = {},
  assemblies: SharedAssemblies = inject('assemblies'),
): Promise<SimulatedStack> {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  const assembly = join(folder, 'cdk.out');
  const simulator = await startSimulator({ apiKey: API_KEY, callbackAnswerMs: CALLBACK_ANSWER_MS });
  const shared = callbacks ? assemblies.callbacks : assemblies.plain;
  const from = further === undefined ? shared : await synthesizeWith(assemblies, { ...further, callbacks });
  await copyAssembly(from, assembly, {
    ...QUICK,
    ...variablesFor(simulator),
    VISIBILITY: visibility,
    ...variables,
  });
  return {
    simulator,
    folder,
    assembly,
    async stop() {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What points a stack's functions at a simulator. */
export function variablesFor({ url }: Simulator): Readonly<Record<string, string>> {
  return { MINIMAX_API_HOST: url, TRUSTED_DOWNLOAD_ORIGINS: url };
}

type JobDocument = Readonly<Record<string, unknown>>;

/** One folder, over whose objects services of one stack are started, one after the other or several at once. */
export interface Place {
  readonly folder: string;
  /** The service ends with the test. */
  start(pauseMs?: number, assembly?: string): Promise<RunningService>;
}

export async function placeFor(stack: SimulatedStack): Promise<Place> {
  const folder = await temporaryFolder();
  return {
    folder,
    async start(pauseMs = 0, assembly = stack.assembly) {
      const running = await serve({ simulator: stack.simulator, folder, assembly }, { pauseMs });
      onTestFinished(() => running.stop());
      return running;
    },
  };
}

/** The service of such a stack, without any real waiting. */
export interface RunningService {
  readonly service: LocalService;
  readonly simulator: Simulator;
  /** What Secrets Manager holds from now on. */
  replaceKey(apiKey: string): void;
  /** Everything that the functions have printed. */
  readonly log: () => string;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  get(videoId: string): Promise<Video>;
  /** What lies in the bucket as `job.json` of this video, if anything. */
  storedJob(videoId: string): Promise<unknown>;
  /** Writes another value there, as no function does. */
  changeJob(videoId: string, change: (found: JobDocument) => object): Promise<void>;
  /** A client of the bucket, as an operator has it. */
  readonly s3: S3Client;
  /** Deletes an item of the table, as no function does. */
  deleteItem(key: ItemKey): Promise<void>;
  /** The table, as its functions see it. */
  readonly table: Table;
  /** POSTs a request, waits for the end of its execution, and gives it. */
  run(body: unknown, script?: Scenario, headers?: Readonly<Record<string, string>>): Promise<LocalExecution>;
  /** Starts an execution as an operator does in the console, past the API, waits for its end, and gives it. */
  execute(input: unknown, script?: Scenario): Promise<LocalExecution>;
  /** Uploads an image as a caller does, and gives the value for a media input. */
  upload(bytes: Buffer, type: string): Promise<string>;
  /** Waits for an execution to be over. */
  endOf(videoId: string): Promise<LocalExecution>;
  stop(): Promise<void>;
}

type PassedOptions = Pick<
  LocalServiceOptions,
  'isSimulated' | 'maxWorkers' | 'onEvent' | 'onTableCall' | 'port'
>;

interface ServeOptions extends PassedOptions {
  /** What Secrets Manager holds as the key; null for nothing. @default the simulator's */
  readonly secret?: string | null;
  /** How long each pause of the workflow takes. @default 0 */
  readonly pauseMs?: number;
  /** How long each wait for a callback takes. @default `pauseMs` */
  readonly waitMs?: LocalServiceOptions['waitMs'];
}

export async function serve(
  { simulator, folder, assembly }: Omit<SimulatedStack, 'stop'>,
  { secret = API_KEY, pauseMs = 0, waitMs = pauseMs, onEvent, ...others }: ServeOptions = {},
): Promise<RunningService> {
  const secrets = new Map(secret === null ? [] : [['minimax/api-key', secret]]);
  let log = '';
  const ends = new EventEmitter().setMaxListeners(0);
  const service = await startLocalService({
    assembly,
    objectFolder: join(folder, 'objects'),
    secrets,
    pauseMs,
    waitMs,
    ...others,
    onLog: (_name, text) => {
      log += text;
    },
    onEvent: (execution, event) => {
      onEvent?.(execution, event);
      if (execution.status !== 'RUNNING') ends.emit(execution.name);
    },
  });
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = service.environment;
  const s3 = new S3Client({
    region: service.environment.AWS_REGION,
    endpoint: service.environment.AWS_ENDPOINT_URL_S3,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const post: RunningService['post'] = (body, headers = {}) =>
    fetch(`${service.url}/videos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const bare = new DynamoDBClient({
    region: service.environment.AWS_REGION,
    endpoint: service.environment.AWS_ENDPOINT_URL_DYNAMODB,
    credentials: { accessKeyId, secretAccessKey },
  });
  const items = DynamoDBDocumentClient.from(bare, { marshallOptions: { removeUndefinedValues: true } });
  const table = createTable(service.deployment.tables[0]?.name ?? '', items);
  const [Bucket] = service.deployment.buckets;
  async function storedJob(videoId: string): Promise<unknown> {
    const command = new GetObjectCommand({ Bucket, Key: jobKey(videoId) });
    const found = await s3.send(command).catch((error: unknown) => {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    });
    return found === undefined ? undefined : JSON.parse((await found.Body?.transformToString()) ?? '');
  }
  async function endOf(videoId: string): Promise<LocalExecution> {
    const execution = service.engine.executions.get(videoId);
    if (execution === undefined) throw new Error(`The execution ${videoId} is gone.`);
    if (execution.status === 'RUNNING') await once(ends, videoId);
    await service.whenAnnounced(videoId);
    return execution;
  }

  return {
    service,
    simulator,
    log: () => log,
    replaceKey: (apiKey) => void secrets.set('minimax/api-key', apiKey),
    endOf,
    post,
    storedJob,
    s3,
    async changeJob(videoId, change) {
      const Body = JSON.stringify(change((await storedJob(videoId)) as JobDocument));
      await s3.send(new PutObjectCommand({ Bucket, Key: jobKey(videoId), Body }));
    },
    table,
    async deleteItem(Key) {
      await items.send(new DeleteCommand({ TableName: table.name, Key }));
    },
    async get(videoId) {
      const answer = await fetch(`${service.url}/videos/${videoId}`);
      return (await answer.json()) as Video;
    },
    async run(body, script, headers) {
      if (script !== undefined) simulator.script(script);
      const { video_id } = (await (await post(body, headers)).json()) as Video;
      return endOf(video_id);
    },
    async execute(input, script) {
      if (script !== undefined) simulator.script(script);
      const { name } = service.engine.start(randomUUID(), JSON.stringify(input));
      return endOf(name);
    },
    async upload(bytes, content_type) {
      const answer = await fetch(`${service.url}/uploads`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content_type, bytes: bytes.length }),
      });
      const { value, upload } = (await answer.json()) as Upload;
      const { method, url, headers } = upload;
      const stored = await fetch(url, { method, headers, body: new Uint8Array(bytes) });
      if (!stored.ok) throw new Error(`The upload was answered with HTTP ${stored.status}.`);
      return value;
    },
    stop: () => service.stop(),
  };
}

export async function startRunningService({
  settings = {},
  ...options
}: ServeOptions & { readonly settings?: StackSettings } = {}): Promise<RunningService> {
  const stack = await synthesizeForSimulator(settings);
  const running = await serve(stack, options);
  return {
    ...running,
    async stop() {
      await running.stop();
      await stack.stop();
    },
  };
}

/** The states that an execution went through, in order. */
export function visitedStates({ events }: LocalExecution): readonly string[] {
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
