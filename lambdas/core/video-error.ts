import type { Video } from './answer.ts';
import { errorMessageOf, FAILURES, howToAdopt, isFailureName, type Meaning } from './failure.ts';
import { plain, printable } from './plain-text.ts';
import type { FailedJob } from './recorded-failure.ts';
import { givenTaskId } from './request.ts';
import type { Card, Execution } from './video.ts';

type VideoError = NonNullable<Video['error']>;

/** What a caller is told of an execution that has failed or was stopped. */
export function toError(execution: Execution, card: Card): VideoError {
  return execution.status === 'FAILED' ? toFailure(execution, card) : toStop(execution, card);
}

/** Somebody, or the workflow's own time limit, has ended the execution, which MiniMax does not hear of. */
function toStop({ status, input }: Execution, { task, check }: Card): VideoError {
  const taskId = task?.task_id ?? givenTaskId(input);
  const wayOn =
    taskId === undefined
      ? FAILURES.SubmitOutcomeUnknown.advice
      : `MiniMax cannot be stopped: it goes on with task ${plain(taskId)} and may charge for it. ${howToAdopt(taskId)}`;
  const title = status === 'ABORTED' ? 'The execution was stopped' : 'The execution ran out of time';
  return {
    type: status === 'ABORTED' ? 'Cancelled' : 'TimedOut',
    title,
    detail: `${title}. ${wayOn}`,
    money_spent: check?.status === 'succeeded' ? 'yes' : 'maybe',
    retry: taskId === undefined ? 'never' : 'adopt',
  };
}

function toFailure(execution: Execution, card: Card): VideoError {
  const { error: name = '', cause, stateName } = execution;
  const isKnown = isFailureName(name);
  const usual: Usual = isKnown ? FAILURES[name] : unexpected(stateName);
  const recorded = card.error as Partial<FailedJob['error']> | undefined;
  const taskId = card.task?.task_id;
  const ended = `The workflow itself ended with ${name === '' ? 'an error without a name' : plain(name)}.`;
  const detail = isKnown
    ? printable(errorMessageOf(cause ?? ''))
    : `${ended} Read the execution history for the reason.`;
  const isSaid = recorded?.title !== undefined || (taskId !== undefined && detail.includes(taskId));
  return {
    type: isKnown ? name : 'Unexpected',
    title: recorded?.title ?? usual.title,
    detail: isSaid || taskId === undefined ? detail : `${detail} ${howToAdopt(taskId)}`,
    ...consequencesOf(usual, recorded, taskId),
  };
}

type Usual = Pick<Meaning, 'title' | 'moneySpent' | 'retry'>;

/** What the step that recorded the failure says; otherwise a task that is known may cost something, and can be adopted. */
function consequencesOf(
  usual: Usual,
  recorded: Partial<FailedJob['error']> | undefined,
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
const BEFORE_ALL: readonly (string | undefined)[] = ['Task given?', 'Refuse input'];

function unexpected(stateName: string | undefined): Usual {
  const isAtOnce = BEFORE_ALL.includes(stateName);
  return { title: 'The workflow itself failed', moneySpent: isAtOnce ? 'no' : 'maybe', retry: 'never' };
}
