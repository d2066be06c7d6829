import type { FailureName } from '../../lambdas/core/failure.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { FunctionFault } from './function-fault.ts';

/** In every link that MiniMax signs. */
export const SIGNATURE = 'Signature=simulated';

/** One fault, and what has to become of the one request that meets it. */
export interface Row {
  readonly phase: 'create' | 'query' | 'download' | 'adopt' | 'record' | 'input';
  readonly fault: string;
  /** What MiniMax does, one script for each create that it gets to read. @default the good day */
  readonly scripts?: readonly Scenario[];
  /** What is wrong with the way to MiniMax when the request comes. */
  readonly way?:
    | 'down for a while'
    | 'down for good'
    | 'closes the first connection unread'
    | 'takes another key, which is stored';
  /** What is wrong with our own functions. */
  readonly functionFaults?: readonly FunctionFault[];
  /** Whether the time limits are seconds instead of minutes and hours. @default false */
  readonly isHurried?: boolean;
  /** The execution's input, as an operator gives it in the console. @default a good request, posted */
  readonly input?: unknown;
  /** Whether a task that MiniMax has already is adopted, with the script as its fate. @default false */
  readonly isAdoption?: boolean;
  readonly expected: Expected;
}

export interface Expected {
  /** `succeeded`, or the execution's error. */
  readonly ends: 'succeeded' | FailureName;
  /** Creates that reached MiniMax. */
  readonly creates: number;
  /** Tasks that MiniMax made of them, which is what costs money. */
  readonly tasks: number;
  /** Whether exactly the video is in the bucket. */
  readonly isStored: boolean;
  readonly money: Money;
  /** Whether nobody was left to put the failure into words. @default false */
  readonly isUnsaid?: boolean;
}

/** What the money was spent on, in the end. */
export type Money = 'delivered' | 'named with its task' | 'named without its task' | 'nothing spent';

/** What became of a row's request. */
export interface Observed {
  readonly ends: string;
  readonly cause: string;
  readonly creates: number;
  /** Creates that MiniMax could have accepted, for all that anybody can tell from its answers. */
  readonly acceptable: number;
  readonly tasks: number;
  /** The task in question, whoever made it. */
  readonly taskId?: string;
  readonly isStored: boolean;
  readonly lastStates: readonly string[];
  /** `job.json`, where there is one. */
  readonly job: unknown;
  /** The answer of `GET /videos/{video_id}`, without our own link. */
  readonly answer: unknown;
  /** Everything that the request has left behind, to be searched for secrets. */
  readonly traces: string;
}

/** More often than anything is repeated. */
export const EVERY_TIME = 99;

export function often(times: number): string {
  if (times === EVERY_TIME) return ' every time';
  return times === 1 ? ' once' : ` ${times} times`;
}

/** Rows in which this function of ours fails, the first so many times that it is invoked. */
export function failing(phase: Row['phase'], name: FunctionFault['name']) {
  return (kind: FunctionFault['kind'], times: number, expected: Expected): Row => ({
    phase,
    fault: `our function ${kind}${often(times)}`,
    functionFaults: [{ name, kind, times }],
    expected,
  });
}

/** What a step that does no harm twice survives, whatever it does. */
export function survived(ours: ReturnType<typeof failing>): readonly Row[] {
  return [
    ours('is throttled', 3, delivered()),
    ours('is refused by the service', 1, delivered()),
    ours('runs, and the service says that it failed', 1, delivered()),
    ours('crashes before it does anything', 1, delivered()),
    ours('crashes after its work', 1, delivered()),
    { ...ours('runs out of time after its work', 1, delivered()), isHurried: true },
  ];
}

export function delivered(creates = 1): Expected {
  return { ends: 'succeeded', creates, tasks: 1, isStored: true, money: 'delivered' };
}

/** Nothing was made, and nothing is to be paid. */
export function refused(ends: FailureName, creates = 1): Expected {
  return { ends, creates, tasks: 0, isStored: false, money: 'nothing spent' };
}

/** There is a task, and everybody is told which. */
export function named(ends: FailureName): Expected {
  return { ends, creates: 1, tasks: 1, isStored: false, money: 'named with its task' };
}

/** A create was sent, and no answer said what became of it. */
export function inDoubt({
  tasks,
  creates = 1,
}: {
  readonly tasks: 0 | 1;
  readonly creates?: number;
}): Expected {
  const money = tasks === 0 ? 'nothing spent' : 'named without its task';
  return { ends: 'SubmitOutcomeUnknown', creates, tasks, isStored: false, money };
}
