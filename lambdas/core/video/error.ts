import { givenKind, givenTaskId } from '../api/request.ts';
import type { Video } from '../api/response.ts';
import { errorMessageOf, FAILURES, type FailureMeaning } from '../failure.ts';
import { type Adoption, howToAdoptTask } from '../job/adoption.ts';
import { type ExecutionKey, isUnsent, type JobRecord } from '../job/job-record.ts';
import { hasEnded } from '../job/redrive.ts';
import { toFailureName } from '../record-failure/failure-name.ts';
import { STATES } from '../states.ts';
import { plain, printable } from '../text/plain.ts';
import { type Execution, type JobState, keyOf } from './execution.ts';

type VideoError = NonNullable<Video['error']>;

type Known = Pick<JobState, 'task' | 'check' | 'error'>;

/** The error that a caller sees of an execution that has failed or was stopped. */
export function toError(execution: Execution, known: Known): VideoError {
  if (execution.status === 'FAILED') return toFailure(execution, known);
  const { status, input, recorded } = execution;
  const by = status === 'ABORTED' ? 'person' : 'time limit';
  return toStop({ by, request: input, key: keyOf(execution), recorded, ...known });
}

/** An execution that was stopped, with what is known of it. */
export interface Stop {
  readonly by: 'person' | 'time limit';
  readonly request: unknown;
  readonly key: ExecutionKey;
  readonly recorded: JobRecord | undefined;
  readonly task?: Adoption;
  readonly check?: { readonly status?: string };
}

/** The titles of the errors that are no failures. */
export const STOP_TITLES = {
  Cancelled: 'The execution was stopped',
  TimedOut: 'The execution ran out of time',
} as const;
/** The title of an error that has no other title. */
export const UNEXPECTED_TITLE = 'The workflow itself failed';

/** A person, or the workflow's own time limit, has ended the execution. MiniMax is not notified. */
export function toStop(stop: Stop): VideoError {
  const { by, request, task, check } = stop;
  const type = by === 'person' ? 'Cancelled' : 'TimedOut';
  const title = STOP_TITLES[type];
  const taskId = task?.task_id ?? givenTaskId(request);
  if (taskId === undefined) {
    const { recoverySteps, ...rest } = stopWithoutTask(stop);
    return { type, title, detail: `${title}. ${recoverySteps}`, ...rest };
  }
  const continues = `MiniMax cannot be stopped: it continues task ${plain(taskId)} and may charge for it.`;
  return {
    type,
    title,
    detail: `${title}. ${continues} ${howToAdoptTask(task ?? { task_id: taskId, kind: givenKind(request) })}`,
    money_spent: check?.status === 'succeeded' ? 'yes' : 'maybe',
    retry: 'adopt',
  };
}

type Consequences = Pick<VideoError, 'money_spent' | 'retry'> & { readonly recoverySteps: string };

/** Once the job document has an end, no create can be sent any more. */
function stopWithoutTask({ recorded, key }: Stop): Consequences {
  if (!isUnsent(recorded, key))
    return { money_spent: 'maybe', retry: 'never', recoverySteps: FAILURES.SubmitOutcomeUnknown.advice };
  if (hasEnded(recorded))
    return {
      money_spent: 'no',
      retry: 'new_request',
      recoverySteps:
        'Nothing was sent to MiniMax, and no money was spent. For the video, send a new request.',
    };
  return {
    money_spent: 'maybe',
    retry: 'never',
    recoverySteps:
      'Nothing was sent to MiniMax so far, but a function may still be running. GET the video again in three minutes before you send the request again.',
  };
}

function toFailure(execution: Execution, { task, error: recorded }: Known): VideoError {
  const { error: name = '', cause, stateName } = execution;
  const known = toFailureName(name);
  const usual: Usual = known === undefined ? unexpected(stateName) : FAILURES[known];
  const taskId = task?.task_id;
  const ended = `The workflow itself ended with ${name === '' ? 'an error without a name' : plain(name)}.`;
  const detail =
    known === undefined
      ? `${ended} Read the execution history for the reason.`
      : printable(errorMessageOf(cause ?? ''));
  const mentionsTask = recorded?.title !== undefined || (taskId !== undefined && detail.includes(taskId));
  return {
    type: known ?? 'Unexpected',
    title: recorded?.title ?? usual.title,
    detail: mentionsTask || task === undefined ? detail : `${detail} ${howToAdoptTask(task)}`,
    ...consequencesOf(usual, recorded, taskId),
  };
}

type Usual = Pick<FailureMeaning, 'title' | 'moneySpent' | 'retry'>;

/** What `Record failure` has found. Without it, a known task may cost money, and can be adopted. */
function consequencesOf(
  usual: Usual,
  recorded: Known['error'],
  taskId: string | undefined,
): Pick<VideoError, 'money_spent' | 'retry'> {
  const isFreeUsually = usual.moneySpent === 'no';
  const money = taskId !== undefined && isFreeUsually ? 'maybe' : usual.moneySpent;
  return {
    money_spent: recorded?.money_spent ?? money,
    retry: recorded?.retry ?? (taskId === undefined ? usual.retry : 'adopt'),
  };
}

/** The states before any function is called: where they fail, nothing was sent. */
const BEFORE_ALL: readonly (string | undefined)[] = [STATES.taskGiven, STATES.rejectInput];

function unexpected(stateName: string | undefined): Usual {
  const isAtOnce = BEFORE_ALL.includes(stateName);
  return { title: UNEXPECTED_TITLE, moneySpent: isAtOnce ? 'no' : 'maybe', retry: 'never' };
}
