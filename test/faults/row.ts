import type { FailureName } from '../../lambdas/core/failure.ts';
import type { Script } from '../../local/simulator/script.ts';
import type { FunctionFault } from './function-fault.ts';

/** One fault, and what has to become of the one request that meets it. */
export interface Row {
  readonly phase: 'create' | 'query' | 'download' | 'adopt' | 'record' | 'input';
  readonly fault: string;
  /** What MiniMax does, one script for each create that it gets to read. @default the good day */
  readonly scripts?: readonly Script[];
  /** What is wrong with the way to MiniMax when the request comes. */
  readonly way?: 'down for a while' | 'down for good' | 'closes the first connection unread';
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
}

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

/** What money was spent on, in the end. */
export type Money = 'delivered' | 'named with its task' | 'named without its task' | 'nothing spent';

export function moneyOf({ tasks, isStored, cause, taskId }: Observed): Money {
  if (isStored) return 'delivered';
  if (taskId !== undefined && cause.includes(`task_id "${taskId}"`)) return 'named with its task';
  return tasks === 0 ? 'nothing spent' : 'named without its task';
}

const FINAL_STATES = [
  ['Copy video', 'Video ready'],
  ['Record failure', 'Video failed'],
  ['Video failed', 'Failed all the same'],
];

/** Every way in which a row is not as it has to be; none is a row that holds. */
export function flawsOf(
  { expected }: Row,
  observed: Observed,
  secrets: readonly string[],
): readonly string[] {
  const { ends, creates, tasks, isStored, acceptable, cause, traces } = observed;
  const differences = Object.entries({ ends, creates, tasks, isStored })
    .filter(([key, value]) => value !== expected[key as keyof Expected])
    .map(([key, value]) => `${key} is ${value} instead of ${expected[key as keyof Expected]}`);
  return [
    ...differences,
    ...(acceptable <= 1 ? [] : [`MiniMax could have accepted ${acceptable} creates`]),
    ...secrets.filter((secret) => traces.includes(secret)).map((secret) => `"${secret}" has leaked`),
    ...(FINAL_STATES.some((pair) => pair.join() === observed.lastStates.join())
      ? []
      : [`it ended in ${observed.lastStates.join(', ')}`]),
    ...(ends === 'succeeded' ? [] : flawsOfFailure(observed)),
    ...(moneyOf(observed) !== 'named without its task' || isHelpful(cause) ? [] : ['a paid task is lost']),
  ];
}

function flawsOfFailure({ ends, cause, job, answer, taskId }: Observed): readonly string[] {
  const { error } = answer as {
    readonly error?: { readonly type: string; readonly detail: string; readonly money_spent: string };
  };
  const recorded = (
    job as { readonly error?: { readonly Error: string; readonly Cause: string } } | undefined
  )?.error;
  const isSpent = error?.money_spent !== 'no';
  return [
    ...(isPlain(cause) ? [] : [`the cause is not plain: ${cause}`]),
    ...(error?.type === ends && error.detail === cause ? [] : ['the HTTPS answer says something else']),
    ...(recorded === undefined
      ? cause.includes('job.json is missing')
        ? []
        : ['there is no job.json']
      : []),
    ...(recorded === undefined || (recorded.Error === ends && recorded.Cause === cause)
      ? []
      : ['job.json says something else']),
    ...(!isSpent ||
    /To adopt: POST \/videos, or start an execution, with (task_id "|the id found there)/.test(cause)
      ? []
      : ['it does not say how to adopt']),
    ...(isSpent || taskId === undefined || ends === 'InvalidRequest'
      ? []
      : ['it says that nothing was spent although there is a task']),
  ];
}

/** One line of sentences: no JSON, no stack, no link. */
function isPlain(cause: string): boolean {
  return cause.length <= 1000 && cause.endsWith('.') && !/[{}\n\t]|\w:\/\/\w| at \S+:\d+/.test(cause);
}

/** Nobody knows the task; then the cause has to say what to look for. */
function isHelpful(cause: string): boolean {
  return (
    /Look the task up in the MiniMax account/.test(cause) &&
    /Look for a task of template \d+ made between/.test(cause)
  );
}
