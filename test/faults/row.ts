import type { FailureName } from '../../lambdas/core/failure.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { Followed } from './advice.ts';
import type { FunctionFault } from './function-fault.ts';

/** In every link that MiniMax signs. */
export const SIGNATURE = 'Signature=simulated';

/** One fault, and how the one request that meets it has to end. */
export interface Row {
  readonly phase: 'create' | 'query' | 'download' | 'adopt' | 'record' | 'input';
  readonly fault: string;
  /** What MiniMax does, one script for each create that it reads. @default it makes the video */
  readonly scripts?: readonly Scenario[];
  /** What is wrong with the network to MiniMax, or with the key, when the request comes. */
  readonly networkFault?:
    | 'down for a while'
    | 'down for good'
    | 'closes the first connection unread'
    | 'takes another key, which is stored';
  /** What is wrong with our own functions. */
  readonly functionFaults?: readonly FunctionFault[];
  /** What limits the functions have, for which the row waits in real seconds. @default those of a deployed stack */
  readonly limits?: 'short create' | 'short query' | 'short copy' | 'soon given up';
  /** The execution's input, as an operator gives it in the console. @default a good request, posted */
  readonly input?: unknown;
  /** Whether a task that MiniMax has already is adopted; the script says how it goes on. @default false */
  readonly isAdoption?: boolean;
  /** Whether an adoption is started as `POST` starts it, without a `POST`. @default false */
  readonly isPastApi?: boolean;
  /**
   * Whether another row of its table ends in the same way. Only `npm run test:long` runs such a row. `npm test` proves what each
   * answer means in `test/{core,io}/minimax`, each file and link in `test/copy` and `test/core/download`, and each input in
   * `test/workflow/refused-input.test.ts`. @default false
   */
  readonly isVariant?: boolean;
  readonly expected: Expected;
}

/** Marks each row of a table that ends as an earlier one of it does. */
export function variants(table: readonly Row[]): readonly Row[] {
  const seen = new Set<string>();
  return table.map((row) => {
    const end = JSON.stringify(row.expected);
    const isVariant = seen.has(end);
    seen.add(end);
    return { ...row, isVariant };
  });
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
  /** Whether no function of ours was left to describe the failure. @default false */
  readonly isUnreported?: boolean;
}

/** What was paid for in the end. */
export type Money = 'delivered' | 'named with its task' | 'named without its task' | 'nothing spent';

/** How a row's request ended. */
export interface Observed {
  readonly videoId: string;
  readonly ends: string;
  readonly cause: string;
  readonly creates: number;
  /** Creates that MiniMax could have accepted, by its answers. */
  readonly acceptable: number;
  readonly tasks: number;
  /** The task that was made or adopted. */
  readonly taskId?: string;
  readonly isStored: boolean;
  readonly lastStates: readonly string[];
  /** `job.json`, where there is one. */
  readonly job: unknown;
  /** The answer of `GET /videos/{video_id}`, without our own link. */
  readonly answer: unknown;
  /** What the answer would be if it were made from the execution. */
  readonly answerByExecution: unknown;
  /** What a program does that follows the advice. Undefined where a person has started the execution past the API. */
  readonly followed?: Followed | undefined;
  /** Creates that MiniMax could have accepted, with those of that program. */
  readonly acceptableInAll: number;
  /** Everything that the request has left behind, to be searched for secrets. */
  readonly traces: string;
}

/** More times than the workflow repeats any step. */
export const ALWAYS = 99;

export function countText(times: number): string {
  if (times === ALWAYS) return ' every time';
  return times === 1 ? ' once' : ` ${times} times`;
}

/** What makes the function of a phase run out of time. */
const SHORT: Readonly<Partial<Record<Row['phase'], Row['limits']>>> = {
  create: 'short create',
  query: 'short query',
  download: 'short copy',
};

/** Makes rows in which a function of ours fails, the first `times` times that it is invoked. */
export function failing(phase: Row['phase'], name: FunctionFault['name']) {
  return (kind: FunctionFault['kind'], times: number, expected: Expected): Row => ({
    phase,
    fault: `our function ${kind}${countText(times)}`,
    functionFaults: [{ name, kind, times }],
    limits: kind === 'runs out of time after its work' ? SHORT[phase] : undefined,
    expected,
  });
}

/** The faults that a step survives which may run twice. */
export function survived(ours: ReturnType<typeof failing>): readonly Row[] {
  return [
    ours('is throttled', 3, delivered()),
    ours('is refused by the service', 1, delivered()),
    ours('runs, and the service says that it failed', 1, delivered()),
    ours('crashes before it does anything', 1, delivered()),
    ours('crashes after its work', 1, delivered()),
    ours('runs out of time after its work', 1, delivered()),
  ];
}

export function delivered(creates = 1): Expected {
  return { ends: 'succeeded', creates, tasks: 1, isStored: true, money: 'delivered' };
}

/** MiniMax made no task, so that nothing is to be paid. */
export function refused(ends: FailureName, creates = 1): Expected {
  return { ends, creates, tasks: 0, isStored: false, money: 'nothing spent' };
}

/** There is a task, and every report names it. */
export function named(ends: FailureName): Expected {
  return { ends, creates: 1, tasks: 1, isStored: false, money: 'named with its task' };
}

/** A create was sent, and no answer said whether there is a task. */
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
