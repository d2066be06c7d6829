import { inTurn } from './behaviour.ts';
import type { CallbackSender } from './callback.ts';
import { type DownloadBehaviour, HAPPY_PATH, type QueryBehaviour, type Scenario } from './scenario.ts';
import type { TaskMemory } from './task-memory.ts';

/** Beyond 2^53, as MiniMax's own ids are. */
const FIRST_TASK_ID = 393_769_180_141_900_000n;

export interface SimulatedTask {
  readonly scenario: typeof HAPPY_PATH & Scenario;
  readonly callbackUrl?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly asked: number;
  readonly fetched: number;
}

/** The tasks of the simulated MiniMax. */
export interface SimulatedTasks {
  /** How many times each task was queried. */
  readonly queries: ReadonlyMap<string, number>;
  find(taskId: string): SimulatedTask | undefined;
  /** @returns the id of the new task */
  make(scenario?: Scenario, callbackUrl?: string): string;
  /** Counts a query. @returns undefined for an unknown task */
  query(taskId: string): QueryBehaviour | undefined;
  /** Counts a download. @returns undefined for an unknown task */
  download(taskId: string): DownloadBehaviour | undefined;
  /** Sends the callback for a change that the next query will show. */
  announceNext(taskId: string): void;
  /** Lets the task succeed now, and sends its callback. */
  finish(taskId: string): void;
}

interface TasksOptions {
  readonly memory: TaskMemory | undefined;
  readonly sender: CallbackSender;
  readonly callbackAfterMs: number;
}

export function createTasks({ memory, sender, callbackAfterMs }: TasksOptions): SimulatedTasks {
  const queries = new Map<string, number>();
  const tasks = new Map<string, SimulatedTask>(
    memory?.tasks().map(([id, task]) => [id, { ...task, scenario: { ...HAPPY_PATH, ...task.scenario } }]),
  );

  function announce(taskId: string, afterMs: number): void {
    const { callbackUrl, scenario } = tasks.get(taskId) ?? {};
    if (callbackUrl === undefined) return;
    const fields = { task_id: taskId, status: 'processing' };
    const { times = 1 } = scenario?.callbacks ?? {};
    for (let time = 0; time < times; time += 1) sender.sendAfter(afterMs, callbackUrl, fields);
  }

  function announceNext(taskId: string): void {
    const { scenario, asked = 0 } = tasks.get(taskId) ?? {};
    if (scenario?.doneAfterSeconds === undefined && asked < (scenario?.queries.length ?? 0))
      announce(taskId, callbackAfterMs);
  }

  for (const taskId of tasks.keys()) announceNext(taskId);

  return {
    queries,
    announceNext,
    find: (taskId) => tasks.get(taskId),
    make(scenario = {}, callbackUrl) {
      const taskId = String(FIRST_TASK_ID + BigInt(tasks.size));
      const whole = { ...HAPPY_PATH, ...scenario };
      const task = { scenario: whole, callbackUrl, madeAt: Date.now(), asked: 0, fetched: 0 };
      tasks.set(taskId, task);
      memory?.keepTask(taskId, task);
      if (scenario.doneAfterSeconds !== undefined) announce(taskId, scenario.doneAfterSeconds * 1000);
      return taskId;
    },
    query(taskId) {
      const task = tasks.get(taskId);
      if (task === undefined) return undefined;
      const asked = task.asked + 1;
      tasks.set(taskId, { ...task, asked });
      queries.set(taskId, asked);
      memory?.keepTask(taskId, { ...task, asked });
      return queryBehaviourOf(task);
    },
    download(taskId) {
      const task = tasks.get(taskId);
      if (task === undefined) return undefined;
      tasks.set(taskId, { ...task, fetched: task.fetched + 1 });
      return inTurn(task.scenario.downloads, task.fetched);
    },
    finish(taskId) {
      const task = tasks.get(taskId);
      if (task === undefined) throw new Error(`There is no task ${taskId}.`);
      const { doneAfterSeconds: _done, ...scenario } = task.scenario;
      tasks.set(taskId, { ...task, scenario: { ...scenario, queries: ['Success'] } });
      announce(taskId, 0);
    },
  };
}

function queryBehaviourOf({ scenario, madeAt, asked }: SimulatedTask): QueryBehaviour {
  const { doneAfterSeconds, queries } = scenario;
  if (doneAfterSeconds === undefined) return inTurn(queries, asked);
  return Date.now() - madeAt >= doneAfterSeconds * 1000 ? 'Success' : 'Processing';
}
