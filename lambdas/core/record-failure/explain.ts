import { givenKind, MAX_REQUEST_BYTES, sizeOf } from '../api/request.ts';
import { failureOf } from '../download/retryable.ts';
import { errorMessageOf, FAILURES, type Meaning, type MoneySpent, type RetryKind } from '../failure.ts';
import { howToAdoptTask } from '../job/adoption.ts';
import type { CaughtError, CheckedJob, SubmittedJob } from '../job/job.ts';
import type { ExecutionKey } from '../job/job-record.ts';
import { asRecorded } from '../job/recorded-request.ts';
import { kindOf } from '../minimax/request-kind.ts';
import { STATES } from '../states.ts';
import { plain, printable, shortened } from '../text/plain.ts';
import { classify, type FailureAnalysis, type FailureContext, NEVER_INVOKED } from './classify.ts';

export interface FailedJob extends ExecutionKey {
  readonly request: unknown;
  readonly owner?: string;
  readonly task?: SubmittedJob['task'];
  readonly check?: CheckedJob['check'];
  readonly error: CaughtError & {
    readonly title: string;
    readonly money_spent: MoneySpent;
    readonly retry: RetryKind;
  };
  readonly finished_at: string;
  /** How often the execution had been redriven when this happened. */
  readonly redrives: number;
}

/** Turns whatever went wrong, in whichever state, into a named failure with one plain cause. */
export function toFailedJob(evidence: FailureContext, now: Date): FailedJob {
  const broken = classify(evidence);
  const { name, created_at, request, owner, task, check } = broken;
  const { moneySpent, cost = COST[moneySpent], advice, retry } = billOf(broken);
  const recoverySteps = moneySpent === 'no' ? [] : recoveryStepsOf(broken, now);
  return {
    video_id: evidence.video_id,
    created_at,
    execution_arn: evidence.execution_arn,
    request: truncateLargeRequest(asRecorded(request)),
    ...(owner === undefined ? {} : { owner }),
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    error: {
      Error: name,
      Cause: [happened(broken), cost, advice, ...recoverySteps].filter((part) => part !== '').join(' '),
      title: titleOf(broken),
      money_spent: moneySpent,
      retry,
    },
    finished_at: now.toISOString(),
    redrives: evidence.redrives,
  };
}

/** The same failure, saying as well that it is written down nowhere else. */
export function withRecordingError(job: FailedJob, why: string): FailedJob {
  return {
    ...job,
    error: {
      ...job.error,
      Cause: `${job.error.Cause} It could not be written into job.json at once: ${why}`,
    },
  };
}

const COST: Readonly<Record<MoneySpent, string>> = {
  no: 'No money was spent.',
  maybe: 'Money may have been spent.',
  yes: 'The task is paid for.',
};

/** To send the request again would pay for the same video twice. */
const ADOPT_INSTEAD = 'Adopt the task later; do not send the request again.';
const READ_THE_LOG =
  "Adopt the task, and read the step's log if it fails again; do not send the request again.";
const ADOPTION_IS_FREE = 'This adoption cost nothing.';
const CHECK =
  'and whether key and host are of the account that made the task; do not send its request again just for this.';
const REDRIVE_GOES_ON = 'Redriving this execution goes on with the task as well, and submits nothing.';
const REDRIVE_FAILS = 'Redriving this execution does not help: it submits nothing and fails again.';

/** Room for every sentence of ours, and a bound for what comes from outside. */
const MAX_HAPPENED_CHARACTERS = 1_000;

interface Bill {
  readonly moneySpent: MoneySpent;
  /** In words. @default those for `moneySpent` */
  readonly cost?: string;
  readonly advice: string;
  readonly retry: RetryKind;
}

/** What the failure costs, which is never nothing once there is a task, and what to do about it. */
function billOf({ name, error, task, taskId, check }: FailureAnalysis): Bill {
  const meaning: Meaning = FAILURES[name];
  const { moneySpent: usually, advice, adviceWithTask, retry, retryWithTask = 'adopt' } = meaning;
  // Without a task of its own, it has found another execution's document instead of a claim, and has sent nothing.
  const isForeign = name === 'VideoExistsAlready' && task?.adopted !== false && check === undefined;
  if (task === undefined || isForeign) return { moneySpent: usually, advice, retry };
  const isUnknown = name === 'InvalidRequest' && task.adopted && check === undefined;
  if (isUnknown)
    return {
      moneySpent: 'no',
      cost: ADOPTION_IS_FREE,
      advice: `Check the id "${plain(taskId ?? '')}", ${CHECK}`,
      retry,
    };
  const usualAdvice = usually === 'no' ? ADOPT_INSTEAD : advice;
  // That MiniMax has charged is known only of a task that it knows.
  if (task.unconfirmed === true)
    return { moneySpent: 'maybe', advice: FAILURES.SubmitOutcomeUnknown.advice, retry: 'adopt' };
  const spent = check?.status === 'succeeded' ? 'yes' : 'maybe';
  return {
    moneySpent: usually === 'no' ? spent : usually,
    advice: failureOf(error.Error) !== undefined ? (adviceWithTask ?? usualAdvice) : READ_THE_LOG,
    retry: retryWithTask,
  };
}

function happened({ name, step, error, task, taskId }: FailureAnalysis): string {
  const { Error: errorName, Cause } = error;
  if (errorName === NEVER_INVOKED)
    return `AWS Lambda could not start the step ${step} because too many functions were running.`;
  if (name === failureOf(errorName))
    return asSentence(shortened(printable(errorMessageOf(Cause)), MAX_HAPPENED_CHARACTERS));
  const ended = `The step ${step} ended with ${plain(errorName)} instead of a result`;
  const isOnRecord = step === STATES.submitTask && task !== undefined;
  return isOnRecord ? `${ended}, after MiniMax had accepted the task ${plain(taskId ?? '')}.` : `${ended}.`;
}

/** The kind of failure, which is ours where a step broke that has given it no name. */
function titleOf({ name, step, error }: FailureAnalysis): string {
  return failureOf(error.Error) !== undefined ? FAILURES[name].title : `The step ${step} failed`;
}

/** A console takes more than the workflow can carry on beside a failure; it stays readable as the execution's input. */
export function truncateLargeRequest(request: unknown): unknown {
  const bytes = sizeOf(JSON.stringify(request) ?? '');
  return bytes <= MAX_REQUEST_BYTES ? request : `(${bytes} bytes: see the execution's input)`;
}

function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** How to get at what may be paid for. MiniMax lists no tasks over its API, so an unknown one has to be found by a person. */
function recoveryStepsOf(
  { task, taskId, request, created_at, sentAt }: FailureAnalysis,
  now: Date,
): readonly string[] {
  if (taskId !== undefined) {
    const adoption = howToAdoptTask(task ?? { task_id: taskId, kind: givenKind(request) });
    return [adoption, task === undefined ? REDRIVE_FAILS : REDRIVE_GOES_ON];
  }
  const description = kindOf(request).describe(request);
  return [
    `Look for a task${description === '' ? '' : ` ${description}`} made between ${sentAt ?? created_at} and ${latestOf(sentAt, now)}.`,
    'To adopt: POST /videos, or start an execution, with the id found there as task_id.',
    REDRIVE_FAILS,
  ];
}

/** Longer than `Submit task` may run: a create that MiniMax accepts, it accepts within this time. */
const LONGEST_CREATE_MS = 150_000;

/** Until when a create may have been accepted; a failure that is recorded long afterwards says nothing about it. */
function latestOf(sentAt: string | undefined, now: Date): string {
  if (sentAt === undefined) return now.toISOString();
  return new Date(Math.min(now.getTime(), Date.parse(sentAt) + LONGEST_CREATE_MS)).toISOString();
}
