import type { NewEvent } from './history.ts';
import type { LocalExecution } from './local-execution.ts';

/** AWS's name for an execution that its own machinery cannot go on with: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const ERROR = 'States.Runtime';

/** The end of an execution with which the engine cannot go on, and the event that tells of it. */
export function brokenEnd(thrown: unknown): {
  readonly outcome: Partial<LocalExecution> & { readonly cause: string };
  readonly event: NewEvent;
} {
  const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const failure = { error: ERROR, cause: `The execution cannot go on on this machine (${why}).` };
  return {
    outcome: { status: 'FAILED', ...failure },
    event: { type: 'ExecutionFailed', executionFailedEventDetails: failure },
  };
}
