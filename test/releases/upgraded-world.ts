import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import { createTableStore } from '../../local/dynamodb/table-store.ts';
import { createObjectFiles } from '../../local/s3/object-files.ts';
import { UPLOADS } from '../../local/s3/object-paths.ts';
import { startSimulator } from '../../local/simulator/simulator.ts';
import type { TaskMemory } from '../../local/simulator/task-memory.ts';
import type { StoredExecution } from '../../local/step-functions/execution-rows.ts';
import { openExecutionStore } from '../../local/step-functions/execution-store.ts';
import { type Deployment, readDeployment } from '../../local/template/deployment.ts';
import { copyAssembly } from '../harness/assembly.ts';
import {
  API_KEY,
  CALLBACK_ANSWER_MS,
  QUICK,
  type SimulatedStack,
  variablesFor,
} from '../harness/running-service.ts';
import { LONG_VIDEO } from './long-video.ts';
import {
  folded,
  folderOf,
  type KeptExecution,
  type KeptObject,
  type KeptVideo,
  readSecrets,
  readVideos,
  SECRETS_FILE,
  type StackName,
  toHistoryEvent,
} from './release.ts';
import { VARIABLES } from './variables.ts';

const CLIP = join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4');

/** The functions of today over the bucket, the table and the executions of a release. */
export interface UpgradedStack extends SimulatedStack {
  readonly videos: readonly KeptVideo[];
  /** Where the executions are. Without them Step Functions has forgotten all. */
  readonly executionFile: string;
}

/** The state right behind a deployment. No service runs yet. */
export async function upgradedStack(version: string, stack: StackName): Promise<UpgradedStack> {
  const videos = readVideos(version, stack);
  const folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  const assembly = join(folder, 'cdk.out');
  const simulator = await startSimulator({
    apiKey: API_KEY,
    callbackAnswerMs: CALLBACK_ANSWER_MS,
    memory: toMemory(videos),
  });
  await copyAssembly(inject('assemblies')[stack], assembly, {
    ...QUICK,
    ...VARIABLES,
    ...variablesFor(simulator),
  });
  const deployment = await readDeployment(assembly);
  const stateFolder = join(folder, 'objects-state');
  mkdirSync(stateFolder);
  const secrets = readSecrets(version, stack);
  if (secrets !== undefined) writeFileSync(join(stateFolder, SECRETS_FILE), secrets);
  await putObjects(join(folder, 'objects'), deployment, videos);
  await putItems(join(stateFolder, 'tables'), deployment, videos);
  const executionFile = join(stateFolder, 'executions.sqlite');
  const { stateMachine } = await readDeployment(folderOf(version, stack));
  putExecutions(executionFile, stateMachine.definition, videos);
  return {
    videos,
    simulator,
    folder,
    assembly,
    executionFile,
    async stop() {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The simulator counts its tasks to make ids, so these keep the ids of new tasks from those of the release. */
const OTHER_TASKS = 1000;

function toMemory(videos: readonly KeptVideo[]): TaskMemory {
  const madeAt = Date.now();
  const known = { madeAt, asked: 0, fetched: 0, scenario: {} };
  const others = Array.from({ length: OTHER_TASKS }, (_, index) => [`other-${index}`, known] as const);
  const kept = videos.flatMap(({ task }) => {
    if (task === undefined) return [];
    const video = task.isLong ? { video: LONG_VIDEO } : {};
    return [[task.id, { ...known, scenario: { ...task.scenario, ...video } }] as const];
  });
  return {
    tasks: () => [...others, ...kept],
    creates: () => [],
    keepTask: () => undefined,
    keepCreate: () => undefined,
    close: () => undefined,
  };
}

async function putObjects(
  folder: string,
  { buckets: [bucket = ''] }: Deployment,
  videos: readonly KeptVideo[],
): Promise<void> {
  const files = createObjectFiles(folder);
  for (const { objects, upload } of videos) {
    for (const [key, object] of Object.entries(objects)) {
      const staged = await files.stage(bucket, key, toContent(object));
      staged.publish(object.metadata);
    }
    if (upload === undefined) continue;
    const place = join(folder, bucket, UPLOADS, upload.id);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'key'), upload.key);
    writeFileSync(join(place, 'metadata'), JSON.stringify(upload.metadata));
    for (const [index, name] of upload.parts.entries())
      writeFileSync(join(place, name), LONG_VIDEO.subarray(index * PART_BYTES, (index + 1) * PART_BYTES));
  }
}

function toContent({ json, base64, isClip }: KeptObject): Buffer {
  if (isClip === true) return readFileSync(CLIP);
  return base64 === undefined ? Buffer.from(JSON.stringify(json)) : Buffer.from(base64, 'base64');
}

async function putItems(folder: string, { tables }: Deployment, videos: readonly KeptVideo[]): Promise<void> {
  const store = await createTableStore({ folder, tables });
  const TableName = tables[0]?.name;
  for (const Item of videos.flatMap(({ items }) => items)) {
    const { status, body } = await store.call(
      'DynamoDB_20120810.PutItem',
      Buffer.from(JSON.stringify({ TableName, Item })),
    );
    if (status !== 200) throw new Error(`An item of the release is not stored: ${body}`);
  }
  await store.close();
}

function putExecutions(
  path: string,
  definition: Deployment['stateMachine']['definition'],
  videos: readonly KeptVideo[],
): void {
  const store = openExecutionStore(path);
  for (const { execution } of videos) {
    const stored = toStored(execution);
    const { name } = stored;
    store.add(stored, definition);
    store.change(name, stored);
    for (const event of execution.events.map(toHistoryEvent)) store.appendEvent(name, event);
    if (execution.token !== undefined) store.tokens.add(execution.token, name);
    if (stored.status !== 'RUNNING') store.markAnnounced(name);
  }
  store.flush();
  store.close();
}

function toStored({
  events: _events,
  token: _token,
  startDate,
  stopDate,
  ...rest
}: KeptExecution): StoredExecution {
  return {
    ...(folded(rest) as StoredExecution),
    startDate: new Date(startDate),
    ...(stopDate === undefined ? {} : { stopDate: new Date(stopDate) }),
  };
}
