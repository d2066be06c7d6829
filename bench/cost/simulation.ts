import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { startSimulatedMiniMax } from '../../cli/minimax-backend.ts';
import type { Video } from '../../lambdas/core/api/response.ts';
import { toExecutionStats } from '../../lambdas/core/completion/history-stats.ts';
import type { CopiedJob, SubmittedJob } from '../../lambdas/core/job/job.ts';
import { startLocalService } from '../../local/local-service.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { withoutData } from '../../local/step-functions/execution-queries.ts';
import { type Context, synthesize } from '../../local/synthesize.ts';
import type { Clock } from './clock.ts';
import type { Usage } from './prices.ts';
import { type Invocation, makeTimedAssembly, TIMED } from './timed-assembly.ts';
import { countTraffic, createTableUnitCounter } from './traffic.ts';

const REQUEST = { template_id: '394514820878671878', text_inputs: [{ value: 'A samurai in the rain' }] };

/** The assumed time of a real MiniMax for an answer. The simulated one answers at once. */
export const MINIMAX_ANSWER_MS = 300;

/** The real timeout of a wait that a callback ends. */
const CALLBACK_MS = 60_000;

/** How the workflow waits until MiniMax has finished. */
export interface Pace {
  /** The seconds of a wait, given the `wait_seconds` of the job document. */
  readonly waitSeconds: (scheduledSeconds: number) => number;
  /** The times of MiniMax's callbacks, in seconds after the create. */
  readonly callbacksAfter: (generationSeconds: number) => readonly number[];
}

export interface Simulation extends AsyncDisposable {
  /** Makes one video that MiniMax finishes after that many seconds, and gets it once from the API. */
  run(generationSeconds: number, pace: Pace): Promise<Usage>;
}

/** The synthesized service with its real bundles, on a clock that skips each `Wait`. */
export async function startSimulation(clock: Clock, settings: Context): Promise<Simulation> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-cost-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const { simulator, context, secrets } = await startSimulatedMiniMax();
  cleanup.defer(() => simulator.stop());
  await synthesize(join(folder, 'cdk.out'), { ...context, ...settings });
  const assembly = join(folder, 'timed');
  await makeTimedAssembly(join(folder, 'cdk.out'), assembly, clock.file);

  let pace: Pace;
  let waitMs = 0;
  /** The times of the callbacks that this video still gets, in seconds after the create. */
  let nextCallbacks: number[] = [];
  let printed = '';
  let ended = Promise.withResolvers<LocalExecution>();
  const tableUnits = createTableUnitCounter();
  const service = await startLocalService({
    assembly,
    objectFolder: join(folder, 'objects'),
    secrets,
    pauseMs: 0,
    waitMs: () => waitMs,
    onLog: (_name, text) => {
      printed += text;
    },
    onTableCall: tableUnits.add,
    onEvent: (execution, { type, stateEnteredEventDetails: entered }) => {
      if (entered?.name?.startsWith('Wait')) wait(JSON.parse(entered.input ?? ''));
      if (type === 'TaskSubmitted' && waitMs === CALLBACK_MS) void callback();
      if (execution.status !== 'RUNNING') ended.resolve(execution);
    },
  });
  cleanup.defer(() => service.stop());
  const traffic = countTraffic(service, simulator.url);
  const memoryOf = new Map(
    service.deployment.functions.map(({ name, memoryMegabytes }) => [name, memoryMegabytes / 1024]),
  );

  /** Moves the clock to the end of a wait, or to the next callback. */
  function wait({ wait_seconds, task, callbacks }: SubmittedJob): void {
    const [next = Number.POSITIVE_INFINITY] = callbacks === undefined ? [] : nextCallbacks;
    const elapsed = (Date.now() - Date.parse(task.waiting_since)) / 1000;
    const untilCallback = Math.max(0, next - elapsed);
    const untilCheck = pace.waitSeconds(wait_seconds);
    clock.advance(Math.min(untilCheck, untilCallback));
    waitMs = untilCallback < untilCheck ? CALLBACK_MS : 0;
  }

  async function callback(): Promise<void> {
    nextCallbacks.shift();
    const { callback_url = '' } = (simulator.creates.at(-1)?.body ?? {}) as {
      readonly callback_url?: string;
    };
    const answer = await fetch(callback_url, { method: 'POST', body: '{"status":"processing"}' });
    await answer.body?.cancel();
  }

  async function run(generationSeconds: number, itsPace: Pace): Promise<Usage> {
    pace = itsPace;
    nextCallbacks = [...pace.callbacksAfter(generationSeconds)];
    printed = '';
    ended = Promise.withResolvers();
    traffic();
    tableUnits.take();
    simulator.script({ doneAfterSeconds: generationSeconds, callbacks: { times: 0 } });
    const started = await fetch(`${service.url}/videos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(REQUEST),
    });
    const { video_id } = (await started.json()) as Video;
    const execution = await ended.promise;
    await service.whenAnnounced(video_id);
    await fetch(`${service.url}/videos/${video_id}`);
    if (execution.status !== 'SUCCEEDED') throw new Error(`${execution.error}: ${execution.cause}`);

    const { task, finished_at } = JSON.parse(execution.output ?? '') as CopiedJob;
    const doneAt = Date.parse(task.waiting_since) + generationSeconds * 1000;
    const counted = traffic();
    const invocations = invocationsIn(printed);
    const { transitions } = toExecutionStats(execution.events, execution.stopDate ?? new Date());
    return {
      ...counted,
      ...tableUnits.take(),
      ...timesOf(invocations, counted.minimaxCalls, memoryOf),
      transitions,
      invocations: invocations.length,
      logBytes: bytesOf(printed, execution.events),
      lagSeconds: Math.max(0, (Date.parse(finished_at) - doneAt) / 1000),
    };
  }

  const everything = cleanup.move();
  return { run, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

function invocationsIn(printed: string): readonly Invocation[] {
  const lines = printed.split('\n').filter((line) => line.startsWith(TIMED));
  return lines.map((line) => JSON.parse(line.slice(TIMED.length)) as Invocation);
}

/** Functions with 256 MB make nearly all calls of MiniMax. */
function timesOf(
  invocations: readonly Invocation[],
  minimaxCalls: number,
  memoryOf: ReadonlyMap<string, number>,
): Pick<Usage, 'lambdaMs' | 'gigabyteSeconds'> {
  const answersMs = minimaxCalls * MINIMAX_ANSWER_MS;
  const own = invocations.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const gigabyteMs = invocations.reduce(
    (sum, { functionName, milliseconds }) => sum + milliseconds * (memoryOf.get(functionName) ?? 0),
    answersMs / 4,
  );
  return { lambdaMs: own + answersMs, gigabyteSeconds: gigabyteMs / 1000 };
}

/** The logs of the functions, and the log of the workflow, which has each event without inputs and outputs. */
function bytesOf(printed: string, events: readonly HistoryEvent[]): number {
  const own = printed.split('\n').filter((line) => !line.startsWith(TIMED));
  const ofWorkflow = events.map((event) => JSON.stringify(withoutData(event)));
  return Buffer.byteLength([...own, ...ofWorkflow].join('\n'));
}
