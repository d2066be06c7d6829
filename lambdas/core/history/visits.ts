import type { FailedTry, Visit } from '../api/workflow-response.ts';
import { isEndEvent } from '../completion/history-stats.ts';
import type { AttemptEvent } from '../video/failed-attempt.ts';
import { toFailedTry } from './failed-try.ts';
import { toShownJob } from './shown-job.ts';

/** An event of GetExecutionHistory, as far as visits are made of it. */
export interface VisitEvent extends AttemptEvent {
  readonly type?: string;
  readonly timestamp?: Date;
  readonly stateEnteredEventDetails?: { readonly name?: string; readonly input?: string };
  readonly stateExitedEventDetails?: { readonly name?: string; readonly output?: string };
}

/** Does a visit of a state begin with this event? */
export function isEntry({ stateEnteredEventDetails }: VisitEvent): boolean {
  return stateEnteredEventDetails?.name !== undefined;
}

/** Folds one event into the visits before it, oldest first. Events without a visit before them are left out. */
export function addEvent(visits: readonly Visit[], event: VisitEvent): readonly Visit[] {
  const at = (event.timestamp ?? new Date(0)).toISOString();
  const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
  const last = visits.at(-1);
  if (entered?.name !== undefined) {
    const visit = toVisit(entered.name, entered.input, at);
    // A redrive has begun this visit already.
    const isBegun = last?.state === visit.state && last.left_at === undefined;
    return isBegun ? replaceLast(visits, visit) : [...visits, visit];
  }
  if (last === undefined) return visits;
  if (exited !== undefined) return replaceLast(visits, left(last, at, exited.output));
  if (isEndEvent(event.type)) return replaceLast(visits, left(last, at));
  if (event.type === 'ExecutionRedriven') return redriven(visits, last, at);
  const failedTry = toFailedTry(last.state, event, at);
  return failedTry === undefined ? visits : replaceLast(visits, withTry(last, failedTry));
}

function toVisit(state: string, input: string | undefined, at: string): Visit {
  return { state, entered_at: at, left_at: undefined, failed_tries: [], job: jobIn(input) };
}

function left(visit: Visit, at: string, output?: string): Visit {
  return visit.left_at === undefined ? { ...visit, left_at: at, job: jobIn(output) ?? visit.job } : visit;
}

/** A redrive begins with the state that failed, and the history may have no new entry for it. */
function redriven(visits: readonly Visit[], { state, job }: Visit, at: string): readonly Visit[] {
  return [...visits, { state, entered_at: at, left_at: undefined, failed_tries: [], job }];
}

function withTry(visit: Visit, failedTry: FailedTry): Visit {
  return { ...visit, failed_tries: [...visit.failed_tries, failedTry] };
}

function replaceLast(visits: readonly Visit[], visit: Visit): readonly Visit[] {
  return [...visits.slice(0, -1), visit];
}

/** Inputs and outputs are JSON text. */
function jobIn(text: string | undefined): Visit['job'] {
  return text === undefined ? undefined : toShownJob(JSON.parse(text));
}
