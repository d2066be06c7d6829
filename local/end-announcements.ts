import type { LocalEventBus } from './event-bridge/event-bus.ts';
import { publishStatusChange } from './event-bridge/status-change.ts';
import type { LocalExecution } from './step-functions/engine.ts';
import type { ExecutionStore } from './step-functions/execution-store.ts';

/**
 * Publishes the `Step Functions Execution Status Change` event of each end, also of an end that the previous process left, and of each
 * redrive. A start has such an event on AWS too, which no rule of the stack matches.
 */
export interface EndAnnouncements {
  announce(execution: LocalExecution): void;
  announceRedrive(execution: LocalExecution): void;
  /** Announces each stored end that was not delivered. @param find undefined for an execution that is not stored */
  announceStored(find: (name: string) => LocalExecution | undefined): void;
  /** Waits until the newest end of an execution was delivered to every target of its event. */
  whenAnnounced(executionName: string): Promise<void>;
}

interface AnnouncementOptions {
  readonly bus: LocalEventBus;
  readonly stateMachineArn: string;
  readonly store: ExecutionStore;
}

export function createEndAnnouncements({
  bus,
  stateMachineArn,
  store,
}: AnnouncementOptions): EndAnnouncements {
  const ends = new Map<string, Promise<void>>();

  function announce(execution: LocalExecution): void {
    const { name } = execution;
    const delivered = publishStatusChange(bus, stateMachineArn, execution).then(() => {
      if (bus.isClosed) return;
      store.markAnnounced(name);
      if (ends.get(name) === delivered) ends.delete(name);
    });
    ends.set(name, delivered);
  }

  return {
    announce,
    announceRedrive: (execution) => void publishStatusChange(bus, stateMachineArn, execution),
    announceStored(find) {
      for (const name of store.unannounced()) {
        const ended = find(name);
        if (ended !== undefined && !ends.has(name)) announce(ended);
      }
    },
    whenAnnounced: async (name) => ends.get(name),
  };
}
