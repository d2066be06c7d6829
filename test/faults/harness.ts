import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Create } from '../../local/simulator/create-log.ts';
import { UNANSWERED_CALLBACK } from '../../local/simulator/task-api.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import {
  API_KEY,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  type StackSettings,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';
import type { SharedAssemblies } from '../harness/shared-assemblies.ts';
import { makeFaultyAssembly } from './faulty-assembly.ts';
import { type Observed, type Row, SIGNATURE } from './row.ts';

const NEXT_KEY = 'sk-next-0123456789abcdef';
/** What must never be found in anything that a request leaves behind. */
export const SECRETS: readonly string[] = [API_KEY, NEXT_KEY, SIGNATURE];

/** The codes and statuses after which MiniMax has certainly not accepted a create, so that another may follow. */
const CERTAINLY_NOT_ACCEPTED: readonly number[] = [1002, 1039, 1041, 2045, 429];

const CLIP = join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4');
/** Longer than a ring takes to arrive. */
const CALLBACK_WAIT_MS = 300;
/** Short, and yet enough for a few tries to fall into an outage and a few to come after it. */
const PAUSE_MS = 5;
const OUTAGE_MS = 60;

/** Everything that the rows need: one simulator, and the service twice, at its own pace and in a hurry. */
export interface World extends AsyncDisposable {
  observe(row: Row): Promise<Observed>;
  /** Everything that the functions have printed. */
  log(): string;
}

/** @param assemblies outside of vitest, which provides them */
export async function createWorld(settings: StackSettings, assemblies?: SharedAssemblies): Promise<World> {
  await using cleanup = new AsyncDisposableStack();
  const stack = await synthesizeForSimulator(settings, {}, assemblies);
  cleanup.defer(() => stack.stop());
  const ordinary = await startFaulty(stack, 'ordinary', { variables: { RECORD_WAIT_SECONDS: '1' } });
  cleanup.defer(() => ordinary.service.stop());
  const hurried = await startFaulty(stack, 'hurried', {
    variables: {
      MINIMAX_TIMEOUT_SECONDS: '1',
      DOWNLOAD_IDLE_SECONDS: '1',
      GIVE_UP_AFTER_SECONDS: '3',
    },
    timeoutSeconds: 4,
  });
  cleanup.defer(() => hurried.service.stop());
  const clip = await readFile(CLIP);

  const everything = cleanup.move();
  return {
    observe: (row) => observe(row, row.isHurried === true ? hurried : ordinary, clip),
    log: () => ordinary.service.log() + hurried.service.log(),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

interface FaultyService {
  readonly service: RunningService;
  readonly faultFile: string;
}

async function startFaulty(
  { simulator, folder: parent, assembly }: SimulatedStack,
  name: string,
  limits: { readonly variables: Readonly<Record<string, string>>; readonly timeoutSeconds?: number },
): Promise<FaultyService> {
  const folder = join(parent, name);
  const faultFile = join(folder, 'faults.json');
  const faultyAssembly = join(folder, 'cdk.out');
  const objectFolder = join(folder, 'objects');
  await makeFaultyAssembly({ assembly, folder: faultyAssembly, faultFile, objectFolder, ...limits });
  const service = await serve(
    { simulator, folder, assembly: faultyAssembly },
    { pauseMs: PAUSE_MS, waitMs: CALLBACK_WAIT_MS },
  );
  return { service, faultFile };
}

async function observe(row: Row, { service, faultFile }: FaultyService, clip: Buffer): Promise<Observed> {
  const { simulator } = service;
  const { scripts = [{ queries: ['Success'] }], functionFaults = [] } = row;
  await writeFile(faultFile, JSON.stringify(functionFaults));
  const adopted = row.isAdoption === true ? simulator.makeTask(scripts[0]) : undefined;
  if (adopted === undefined) for (const script of scripts) simulator.script(script);
  const before = simulator.creates.length;
  await using _way = await spoilt(service, row.way);

  const execution = await execute(row, service, adopted);
  const creates = simulator.creates.slice(before);
  const { video, ...answer } = await service.get(execution.name);
  const stored = video === undefined ? undefined : Buffer.from(await (await fetch(video.url)).arrayBuffer());
  const job = await service.storedJob(execution.name);
  simulator.forgetScripts();

  const taskId = adopted ?? creates.find((create) => create.taskId !== undefined)?.taskId;
  return {
    ends: execution.status === 'SUCCEEDED' ? 'succeeded' : (execution.error ?? execution.status),
    cause: execution.cause ?? '',
    creates: creates.length,
    acceptable: creates.filter(isAcceptable).length,
    tasks: creates.filter((create) => create.taskId !== undefined).length,
    ...(taskId === undefined ? {} : { taskId }),
    isStored: stored?.equals(clip) === true,
    lastStates: visitedStates(execution).slice(-2),
    job,
    answer,
    traces: JSON.stringify([execution, answer, job]),
  };
}

async function execute(
  { input }: Row,
  { run, endOf, service }: RunningService,
  adopted: string | undefined,
): Promise<LocalExecution> {
  if (input !== undefined) {
    const { name } = service.engine.start(crypto.randomUUID(), JSON.stringify(input));
    return endOf(name);
  }
  return run(adopted === undefined ? REQUEST : { task_id: adopted });
}

async function spoilt(service: RunningService, way: Row['way']): Promise<AsyncDisposable> {
  const { simulator } = service;
  const useKey = (apiKey: string): void => {
    simulator.replaceKey(apiKey);
    service.replaceKey(apiKey);
  };
  switch (way) {
    case undefined:
      return { [Symbol.asyncDispose]: async () => undefined };
    case 'closes the first connection unread':
      simulator.closeNextConnection();
      return { [Symbol.asyncDispose]: async () => undefined };
    case 'takes another key, which is stored':
      useKey(NEXT_KEY);
      return { [Symbol.asyncDispose]: async () => useKey(API_KEY) };
  }
  await simulator.outage.begin();
  const back = way === 'down for a while' ? after(OUTAGE_MS).then(() => simulator.outage.end()) : undefined;
  return { [Symbol.asyncDispose]: () => back ?? simulator.outage.end() };
}

function isAcceptable({ refusal }: Create): boolean {
  if (refusal === undefined) return true;
  if (refusal === UNANSWERED_CALLBACK) return false;
  const said = 'code' in refusal ? refusal.code : refusal.httpStatus;
  return !CERTAINLY_NOT_ACCEPTED.includes(said);
}
