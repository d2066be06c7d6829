import { givenKind } from '../api/request.ts';
import { howToAdoptTask } from '../job/adoption.ts';
import { kindOf } from '../minimax/request-kind.ts';
import type { FailureAnalysis } from './classify.ts';

const REDRIVE_CONTINUES = 'Redriving this execution also continues the task, and submits nothing.';
const REDRIVE_FAILS = 'Redriving this execution does not help: it submits nothing and fails again.';

/** How to get at what may be paid for. MiniMax has no list of template tasks, so a person has to find an unknown one. */
export function recoverySteps(failure: FailureAnalysis, now: Date): readonly string[] {
  const { task, taskId, request, created_at, sentAt } = failure;
  if (taskId !== undefined) {
    const adoption = howToAdoptTask(task ?? { task_id: taskId, kind: givenKind(request) });
    return [adoption, task === undefined ? REDRIVE_FAILS : REDRIVE_CONTINUES];
  }
  const which = ['a task', kindOf(request).describe(request)].filter((words) => words !== '').join(' ');
  return [
    `Search for ${which} made between ${sentAt ?? created_at} and ${latestCreate(sentAt, now)}.`,
    'To adopt: POST /videos, or start an execution, with the id found there as task_id.',
    REDRIVE_FAILS,
  ];
}

/** Longer than `Submit task` may run: a create that MiniMax accepts, it accepts within this time. */
const MAX_CREATE_MS = 150_000;

/** Until when a create may have been accepted; a failure that is recorded long afterwards says nothing about it. */
function latestCreate(sentAt: string | undefined, now: Date): string {
  if (sentAt === undefined) return now.toISOString();
  return new Date(Math.min(now.getTime(), Date.parse(sentAt) + MAX_CREATE_MS)).toISOString();
}
