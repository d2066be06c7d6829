import type { Video } from './answer.ts';
import { errorMessageOf, FAILURES, howToAdopt, isFailureName } from './failure.ts';
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
  };
}

function toFailure({ error, cause, stateName }: Execution, card: Card): VideoError {
  const name = error ?? '';
  const isKnown = isFailureName(name);
  const recorded = card.error as Partial<FailedJob['error']> | undefined;
  const taskId = card.task?.task_id;
  const ended = `The workflow itself ended with ${name === '' ? 'an error without a name' : plain(name)}.`;
  const detail = isKnown
    ? printable(errorMessageOf(cause ?? ''))
    : `${ended} Read the execution history for the reason.`;
  const isSaid = recorded?.title !== undefined || (taskId !== undefined && detail.includes(taskId));
  const usually = isKnown ? FAILURES[name].moneySpent : unlessAtOnce(stateName);
  return {
    type: isKnown ? name : 'Unexpected',
    title: recorded?.title ?? (isKnown ? FAILURES[name].title : 'The workflow itself failed'),
    detail: isSaid || taskId === undefined ? detail : `${detail} ${howToAdopt(taskId)}`,
    money_spent: recorded?.money_spent ?? (taskId !== undefined && usually === 'no' ? 'maybe' : usually),
  };
}

/** Where not even the first choice could be made, nothing was sent. */
function unlessAtOnce(stateName: string | undefined): VideoError['money_spent'] {
  return stateName === 'Task given?' ? 'no' : 'maybe';
}
