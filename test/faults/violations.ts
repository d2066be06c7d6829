import type { Expected, Money, Observed, Row } from './row.ts';

const FINAL_STATES = [
  'Copy video, Video ready',
  'Record failure, Video failed',
  'Video failed, Fail execution',
];

/** Whoever knows it can ring. */
export const CALLBACK_ADDRESS = /\/callbacks\/[^{]/;

/** Every way in which a row is not as it has to be; none is a row that holds. */
export function flawsOf(row: Row, observed: Observed, secrets: readonly string[]): readonly string[] {
  const { expected } = row;
  const { ends, creates, tasks, isStored, acceptable, traces } = observed;
  const seen: Expected = { ends, creates, tasks, isStored, money: moneyOf(observed) } as Expected;
  const flaws = (Object.keys(seen) as (keyof Expected)[])
    .filter((key) => seen[key] !== expected[key])
    .map((key) => `${key} is ${seen[key]} instead of ${expected[key]}`);
  const lastStates = observed.lastStates.join(', ');
  if (!FINAL_STATES.includes(lastStates)) flaws.push(`it ended in ${lastStates}`);
  if (acceptable > 1) flaws.push(`MiniMax could have accepted ${acceptable} creates`);
  for (const secret of secrets) if (traces.includes(secret)) flaws.push(`"${secret}" has leaked`);
  if (CALLBACK_ADDRESS.test(traces)) flaws.push('the address of the bell has leaked');
  if (ends === 'succeeded' || expected.isUnsaid === true) return flaws;
  return [...flaws, ...flawsOfCause(row, observed), ...flawsOfReports(observed)];
}

export function moneyOf({ tasks, isStored, cause, taskId }: Observed): Money {
  if (isStored) return 'delivered';
  if (taskId !== undefined && cause.includes(`task_id "${taskId}"`)) return 'named with its task';
  return tasks === 0 ? 'nothing spent' : 'named without its task';
}

const HOW_TO_ADOPT = /To adopt: POST \/videos, or start an execution, with (task_id "|the id found there)/;
const WHAT_TO_LOOK_FOR =
  /Check the MiniMax account for the task.* Look for a task of template \d+ made between/;

function flawsOfCause({ isAdoption, expected }: Row, { cause, answer, taskId }: Observed): readonly string[] {
  const flaws: string[] = [];
  const isSpent = errorOf(answer)?.money_spent !== 'no';
  if (!isPlain(cause)) flaws.push(`the cause is not plain: ${cause}`);
  if (isSpent && !HOW_TO_ADOPT.test(cause)) flaws.push('it does not say how to adopt');
  if (isAdoption === true && !cause.includes(`"${taskId}"`)) flaws.push('it does not name the adopted task');
  if (expected.tasks > 0 && !isSpent) flaws.push('it says that nothing was spent although there is a task');
  if (expected.money === 'named without its task' && !WHAT_TO_LOOK_FOR.test(cause))
    flaws.push('it does not say what to look for');
  return flaws;
}

/** The HTTPS answer and `job.json` have to say what the execution says. */
function flawsOfReports({ ends, cause, job, answer }: Observed): readonly string[] {
  const flaws: string[] = [];
  const error = errorOf(answer);
  const recorded = (
    job as { readonly error?: { readonly Error: string; readonly Cause: string } } | undefined
  )?.error;
  if (error?.type !== ends || error.detail !== cause) flaws.push('the HTTPS answer says something else');
  if (recorded === undefined && !cause.includes('could not be written into job.json'))
    flaws.push('there is no job.json');
  if (recorded !== undefined && (recorded.Error !== ends || recorded.Cause !== cause))
    flaws.push('job.json says something else');
  return flaws;
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
