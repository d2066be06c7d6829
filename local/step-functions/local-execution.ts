import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StoredExecution } from './execution-rows.ts';
import type { ExecutionStore } from './execution-store.ts';

/** One execution as Step Functions describes it. */
export interface LocalExecution extends StoredExecution {
  readonly arn: string;
  /** Read from disk on each access. */
  readonly events: readonly HistoryEvent[];
}

/** Adds the ARN and the history to a stored execution. */
export function toLocalExecution(
  stored: StoredExecution,
  stateMachineArn: string,
  store: Pick<ExecutionStore, 'events'>,
): LocalExecution {
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${stored.name}`;
  return {
    arn,
    ...stored,
    get events() {
      return store.events(stored.name);
    },
  };
}
