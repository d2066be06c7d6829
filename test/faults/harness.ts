import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Video } from '../../lambdas/core/api/response.ts';
import type { Create } from '../../local/simulator/create-log.ts';
import { UNANSWERED_CALLBACK } from '../../local/simulator/task-api.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { videoOfExecution } from '../harness/execution-answer.ts';
import type { FaultyTable } from '../harness/faulty-table.ts';
import {
  API_KEY,
  OWNER,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  type StackSettings,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';
import type { SharedAssemblies } from '../harness/shared-assemblies.ts';
import { followAdvice } from './advice.ts';
import { type FunctionLimits, writeFaultyAssembly } from './faulty-assembly.ts';
import { type Observed, type Row, SIGNATURE } from './row.ts';

const NEXT_KEY = 'sk-next-0123456789abcdef';
/** No request may leave any of these behind in an answer, a history, `job.json` or a log. */
export const SECRETS: readonly string[] = [API_KEY, NEXT_KEY, SIGNATURE];

/**
 * The codes and statuses after which MiniMax has certainly not accepted a create, so that another may follow. Not taken from
 * `core/minimax/codes.ts`, which is under test here.
 */
const CERTAINLY_NOT_ACCEPTED: readonly number[] = [1002, 1039, 1041, 2045, 429];

const CLIP = join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4');
/** Longer than a callback takes to arrive. */
const CALLBACK_WAIT_MS = 300;
/** Short, and long enough for a few tries during an outage and a few after it. */
const PAUSE_MS = 5;
const OUTAGE_MS = 60;

/** Time enough for the work of a function on a busy machine. */
const timeoutSeconds = 4;
/** Each shortens the one step that a row is about: a busy machine may need longer than a second for the others. */
const LIMITS = {
  'short create': { SubmitTask: { variables: { MINIMAX_TIMEOUT_SECONDS: '1' }, timeoutSeconds } },
  'short query': { CheckTask: { variables: { MINIMAX_TIMEOUT_SECONDS: '1' }, timeoutSeconds } },
  'short copy': { CopyVideo: { variables: { DOWNLOAD_IDLE_SECONDS: '1' }, timeoutSeconds } },
  'soon given up': { CheckTask: { variables: { GIVE_UP_AFTER_SECONDS: '1' } } },
};

/** A simulator and the service, whose functions and network can fail as a row says. It takes one row at a time. */
export interface Harness extends AsyncDisposable {
  observe(row: Row): Promise<Observed>;
  /** Everything that the functions have printed. */
  log(): string;
  readonly running: RunningService;
}

export interface HarnessOptions extends StackSettings, Pick<Row, 'limits'> {
  /** Between the functions and the table. @default nothing */
  readonly table?: FaultyTable;
  /** Added to the environment of every function. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** Outside of vitest, which provides them. */
  readonly assemblies?: SharedAssemblies;
}

export async function createHarness(options: HarnessOptions): Promise<Harness> {
  const { limits, assemblies, table, variables, ...settings } = options;
  await using cleanup = new AsyncDisposableStack();
  // Some rows start executions in the console, with an input that cannot have an owner.
  const shown = { visibility: 'everyone', ...settings } as const;
  const stack = await synthesizeForSimulator(shown, { RECORD_WAIT_SECONDS: '1' }, assemblies);
  cleanup.defer(() => stack.stop());
  const faulty = await startFaulty(stack, {
    table,
    variables,
    limits: limits === undefined ? {} : LIMITS[limits],
  });
  cleanup.defer(() => faulty.service.stop());
  const clip = await readFile(CLIP);

  const everything = cleanup.move();
  return {
    observe: (row) => observe(row, faulty, clip),
    log: () => faulty.service.log(),
    running: faulty.service,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

interface FaultyService {
  readonly service: RunningService;
  readonly faultFile: string;
}

async function startFaulty(
  { simulator, folder: parent, assembly }: SimulatedStack,
  {
    table,
    variables,
    limits,
  }: Pick<HarnessOptions, 'table' | 'variables'> & {
    readonly limits: Readonly<Record<string, FunctionLimits>>;
  },
): Promise<FaultyService> {
  const folder = join(parent, 'faulty');
  const faultFile = join(folder, 'faults.json');
  const faultyAssembly = join(folder, 'cdk.out');
  const objectFolder = join(folder, 'objects');
  const endpoint = table && { AWS_ENDPOINT_URL_DYNAMODB: table.url };
  await writeFaultyAssembly({
    assembly,
    folder: faultyAssembly,
    faultFile,
    objectFolder,
    variables: { ...endpoint, ...variables },
    limits,
  });
  const service = await serve(
    { simulator, folder, assembly: faultyAssembly },
    { pauseMs: PAUSE_MS, waitMs: CALLBACK_WAIT_MS },
  );
  table?.openTo(service);
  return { service, faultFile };
}

async function observe(row: Row, { service, faultFile }: FaultyService, clip: Buffer): Promise<Observed> {
  const { simulator } = service;
  const { scripts = [{ queries: ['Success'] }], functionFaults = [] } = row;
  await writeFile(faultFile, JSON.stringify(functionFaults));
  const adopted = row.isAdoption === true ? simulator.makeTask(scripts[0]) : undefined;
  if (adopted === undefined) for (const script of scripts) simulator.script(script);
  const before = simulator.creates.length;
  await using fault = onceDisposable(await withNetworkFault(service, row.networkFault));

  const key = randomUUID();
  const execution = await execute(row, service, { adopted, key });
  const creates = simulator.creates.slice(before);
  const { video, ...answer } = await service.get(execution.name);
  const stored = !video ? undefined : Buffer.from(await (await fetch(video.url)).arrayBuffer());
  const job = await service.storedJob(execution.name);
  const { video: _stored, ...answerByExecution } = await videoOfExecution(service, execution.name);
  simulator.forgetScripts();

  // A mended world: a program repeats after a while, or after a person has acted.
  await writeFile(faultFile, '[]');
  await fault[Symbol.asyncDispose]();
  const body = adopted === undefined ? REQUEST : { task_id: adopted };
  const tasks = creates.filter((create) => create.taskId !== undefined).length;
  const isByProgram = row.input === undefined && row.isPastApi !== true;
  const start = { row, body, key, video: { ...answer, video } as Video, tasks };
  const followed = isByProgram ? await followAdvice(start, service) : undefined;

  const taskId = adopted ?? creates.find((create) => create.taskId !== undefined)?.taskId;
  return {
    videoId: execution.name,
    ends: execution.status === 'SUCCEEDED' ? 'succeeded' : (execution.error ?? execution.status),
    cause: execution.cause ?? '',
    creates: creates.length,
    acceptable: creates.filter(isAcceptable).length,
    acceptableInAll: simulator.creates.slice(before).filter(isAcceptable).length,
    followed,
    tasks,
    taskId,
    isStored: stored?.equals(clip) === true,
    lastStates: visitedStates(execution).slice(-2),
    job,
    answer,
    answerByExecution,
    traces: JSON.stringify([execution, answer, job]),
  };
}

async function execute(
  { input, isPastApi = false }: Row,
  { run, execute: executeInput }: RunningService,
  { adopted, key }: { readonly adopted: string | undefined; readonly key: string },
): Promise<LocalExecution> {
  if (input !== undefined) return executeInput(input);
  const headers = { 'idempotency-key': key };
  if (adopted === undefined) return run(REQUEST, undefined, headers);
  // While the table fails, POST rejects an adoption.
  if (isPastApi) return executeInput({ task_id: adopted, owner: OWNER });
  return run({ task_id: adopted }, undefined, headers);
}

async function withNetworkFault(
  service: RunningService,
  fault: Row['networkFault'],
): Promise<AsyncDisposable> {
  const { simulator } = service;
  const useKey = (apiKey: string): void => {
    simulator.replaceKey(apiKey);
    service.replaceKey(apiKey);
  };
  switch (fault) {
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
  const back = fault === 'down for a while' ? after(OUTAGE_MS).then(() => simulator.outage.end()) : undefined;
  return { [Symbol.asyncDispose]: () => back ?? simulator.outage.end() };
}

/** The fault ends before the advice is followed, or with the row. */
function onceDisposable(fault: AsyncDisposable): AsyncDisposable {
  const ended = new AsyncDisposableStack();
  ended.use(fault);
  return ended;
}

function isAcceptable({ rejection }: Create): boolean {
  if (rejection === undefined) return true;
  if (rejection === UNANSWERED_CALLBACK) return false;
  const said = 'code' in rejection ? rejection.code : rejection.httpStatus;
  return !CERTAINLY_NOT_ACCEPTED.includes(said);
}
