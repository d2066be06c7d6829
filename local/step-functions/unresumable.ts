import type { NewEvent } from './history.ts';
import type { LocalExecution } from './local-execution.ts';

/** AWS's name for an execution that Step Functions itself cannot continue: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const ERROR = 'States.Runtime';

/** The end of an execution that the engine cannot continue, and the event that records it. */
export function brokenEnd(thrown: unknown): {
  readonly outcome: Partial<LocalExecution> & { readonly cause: string };
  readonly event: NewEvent;
} {
  const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const failure = { error: ERROR, cause: `The execution cannot continue on this machine (${why}).` };
  return {
    outcome: { status: 'FAILED', ...failure },
    event: { type: 'ExecutionFailed', executionFailedEventDetails: failure },
  };
}
