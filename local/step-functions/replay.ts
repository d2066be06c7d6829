import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { EngineEvent } from './history.ts';
import type { Resumption } from './resumption.ts';
import { remainingPauses, waitMsOf } from './retry-pauses.ts';
import type { TokenOutcome } from './token-table.ts';

/**
 * Brings the engine to the place where a resumed execution was. The engine can only begin a state from its start. So the
 * recorded outcomes are handed to the first attempts of that state: the engine then counts its retries itself.
 */
export interface Replay {
  /** The recorded outcome of the attempt that begins now. Undefined: the task has to run. */
  outcomeOf(stateName: string): TokenOutcome | undefined;
  /** Is this event in the history already? Such an event is not written again. */
  isRecorded(event: EngineEvent): boolean;
  /** When the execution first entered the state of this event. */
  enteredAt(event: EngineEvent): Date;
  /** For the engine's `retryIntervalOverrides`. Undefined: the interval of the definition. */
  retryIntervalOf(stateName: string): number | number[] | undefined;
  /** For the engine's `waitTimeOverrides`. */
  waitTimeOf(stateName: string): number | undefined;
}

interface ReplayOptions {
  readonly definition: StateMachineDefinition;
  /** Replaces each pause of the definition. */
  readonly pauseMs: number | undefined;
  /** Was the function of the last recorded attempt lost? Its retry begins without a pause. */
  readonly isInterrupted: boolean;
  readonly now: number;
}

export function createReplay(resumption: Resumption | undefined, options: ReplayOptions): Replay {
  const { definition, pauseMs, isInterrupted, now } = options;
  const { state, enteredAt, outcomes = [] } = resumption ?? {};
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const left = [...outcomes];
  let interval: number | number[] | undefined = pauseMs;
  let waitsOn = enteredAt !== undefined;
  const recorded = {
    StateEntered: enteredAt === undefined ? 0 : 1,
    StateFailed: failures.length,
    StateExited: resumption?.hasExited ? 1 : 0,
  };

  function pauseAfterLast(elapsedMs: number): number | number[] {
    if (isInterrupted) return 0;
    if (pauseMs !== undefined) return Math.max(0, pauseMs - elapsedMs);
    return remainingPauses(definition.States[state ?? ''], failures, elapsedMs);
  }

  return {
    outcomeOf(stateName) {
      if (stateName !== state) left.length = 0;
      const outcome = left.shift();
      if (outcome === undefined) interval = pauseMs;
      else if (left.length > 0) interval = 0;
      else interval = pauseAfterLast(now - (resumption?.lastEventAt.getTime() ?? now));
      return outcome;
    },
    isRecorded({ type }) {
      if (type !== 'StateEntered' && type !== 'StateFailed' && type !== 'StateExited') return false;
      recorded[type] -= 1;
      return recorded[type] >= 0;
    },
    enteredAt: ({ timestamp }) =>
      recorded.StateEntered === 0 && enteredAt ? enteredAt : new Date(timestamp),
    retryIntervalOf: () => interval,
    waitTimeOf(stateName) {
      if (!waitsOn || stateName !== state) return pauseMs;
      waitsOn = false;
      const wholeMs =
        pauseMs ?? waitMsOf(definition.States[stateName], JSON.parse(resumption?.input ?? 'null'));
      return wholeMs && Math.max(0, wholeMs - (now - (enteredAt?.getTime() ?? now)));
    },
  };
}
