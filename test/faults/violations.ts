import { isDeepStrictEqual } from 'node:util';
import type { Expected, Money, Observed, Row } from './row.ts';

/** The last two states of an execution. */
const FINAL_STATES = [
  'Copy video, Video ready',
  'Record failure, Video failed',
  'Video failed, Fail execution',
];

/** An address at which anybody could send a callback. */
export const CALLBACK_ADDRESS = /\/callbacks\/[^{]/;

/** Every way in which a row is not as it has to be; none is a row that holds. */
export function violationsOf(row: Row, observed: Observed, secrets: readonly string[]): readonly string[] {
  const { expected } = row;
  const { ends, creates, tasks, isStored, acceptable, traces } = observed;
  const seen: Expected = { ends, creates, tasks, isStored, money: moneyOf(observed) } as Expected;
  const violations = (Object.keys(seen) as (keyof Expected)[])
    .filter((key) => seen[key] !== expected[key])
    .map((key) => `${key} is ${seen[key]} instead of ${expected[key]}`);
  const lastStates = observed.lastStates.join(', ');
  if (!FINAL_STATES.includes(lastStates))
    violations.push(`it ended in ${lastStates}, which FINAL_STATES lacks`);
  if (acceptable > 1) violations.push(`MiniMax could have accepted ${acceptable} creates`);
  for (const secret of secrets) if (traces.includes(secret)) violations.push(`"${secret}" has leaked`);
  if (CALLBACK_ADDRESS.test(traces)) violations.push('the callback address has leaked');
  if (!isDeepStrictEqual(observed.answer, observed.answerByExecution))
    violations.push('the HTTPS answer is not what the execution says');
  violations.push(...adviceViolations(observed));
  if (ends === 'succeeded' || expected.isUnreported === true) return violations;
  return [...violations, ...causeViolations(row, observed), ...reportViolations(observed)];
}

/** A program that follows every `retry` pays for no more videos than it has asked for. */
function adviceViolations({ followed, acceptableInAll }: Observed): readonly string[] {
  if (followed === undefined) return [];
  const { asked, steps, objections } = followed;
  if (acceptableInAll <= asked) return objections;
  return [...objections, `${acceptableInAll} creates for ${asked} videos, after ${steps.join(', ')}`];
}

export function moneyOf({ tasks, isStored, cause, taskId }: Observed): Money {
  if (isStored) return 'delivered';
  if (taskId !== undefined && cause.includes(`task_id "${taskId}"`)) return 'named with its task';
  return tasks === 0 ? 'nothing spent' : 'named without its task';
}

const HOW_TO_ADOPT = /To adopt: POST \/videos, or start an execution, with (task_id "|the id found there)/;
const WHAT_TO_LOOK_FOR =
  /Check the MiniMax account for the task.* Search for a task of template \d+ made between/;

function causeViolations(
  { isAdoption, expected }: Row,
  { cause, answer, taskId }: Observed,
): readonly string[] {
  const violations: string[] = [];
  const isSpent = errorOf(answer)?.money_spent !== 'no';
  if (!isPlain(cause)) violations.push(`the cause is not plain: ${cause}`);
  if (isSpent && !HOW_TO_ADOPT.test(cause)) violations.push('it does not say how to adopt');
  if (isAdoption === true && !cause.includes(`"${taskId}"`))
    violations.push('it does not name the adopted task');
  if (expected.tasks > 0 && !isSpent)
    violations.push('it says that nothing was spent although there is a task');
  if (expected.money === 'named without its task' && !WHAT_TO_LOOK_FOR.test(cause))
    violations.push('it does not say what to look for');
  return violations;
}

/** The HTTPS answer and `job.json` have to say what the execution says. */
function reportViolations({ ends, cause, job, answer }: Observed): readonly string[] {
  const violations: string[] = [];
  const error = errorOf(answer);
  const recorded = (
    job as { readonly error?: { readonly Error: string; readonly Cause: string } } | undefined
  )?.error;
  if (error?.type !== ends || error.detail !== cause) violations.push('the HTTPS answer says something else');
  if (recorded === undefined && !cause.includes('could not be written into job.json'))
    violations.push('there is no job.json');
  if (recorded !== undefined && (recorded.Error !== ends || recorded.Cause !== cause))
    violations.push('job.json says something else');
  return violations;
}

interface AnsweredError {
  readonly type: string;
  readonly detail: string;
  readonly money_spent: string;
}

function errorOf(answer: unknown): AnsweredError | undefined {
  return (answer as { readonly error?: AnsweredError }).error;
}

/** One line of sentences: no JSON, no stack, no link. */
function isPlain(cause: string): boolean {
  return (
    cause.length <= 1000 &&
    cause.endsWith('.') &&
    !/[{}\n\t]|\w:\/\/\w| at \S+:\d+|%3A%2F|Signature=/.test(cause)
  );
}
