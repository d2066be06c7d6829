import { STATES } from '../states.ts';
/** An event of an execution's history, as far as it is counted; it may come without inputs and outputs. */
export interface CountedEvent {
  readonly type?: string | undefined;
  readonly timestamp?: Date | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
}

/** How often and how long an execution was in one of its states. */
export interface StateDuration {
  readonly enteredAt: Date;
  readonly seconds: number;
}

/** What an execution took. */
export interface ExecutionStats {
  /** As AWS charges them: the start, each state that is entered, and each repetition of a step. */
  readonly transitions: number;
  /** Whether the last event is an end, so that nothing is missing. */
  readonly isWhole: boolean;
  /** By the names of the states, with the first entry and the sum of all stays. */
  readonly stays: Readonly<Record<string, StateDuration>>;
}

/** The product's own three parts, in which an operator thinks, and the states that each is made of. */
const PHASES = {
  submit: [STATES.submitTask, STATES.adoptTask],
  generate: [STATES.wait, STATES.waitForCallback, STATES.checkTask, STATES.finished],
  copy: [STATES.copyVideo],
} as const;

export type PhaseName = keyof typeof PHASES;

/** Counts the events of an execution from its first one on. @param endedAt when the execution was over */
export function toExecutionStats(events: readonly CountedEvent[], endedAt: Date): ExecutionStats {
  const stays: Record<string, StateDuration> = {};
  let open: { readonly name: string; readonly enteredAt: Date } | undefined;
  let transitions = 1;
  let attempts = 0;
  let typeBefore: string | undefined;

  function leave(at: Date): void {
    if (open === undefined) return;
    const { name, enteredAt } = open;
    const before = stays[name];
    const seconds = (at.getTime() - enteredAt.getTime()) / 1000;
    stays[name] = {
      enteredAt: before?.enteredAt ?? enteredAt,
      seconds: (before?.seconds ?? 0) + Math.max(0, seconds),
    };
    open = undefined;
  }

  for (const { type, timestamp = endedAt, ...event } of events) {
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) {
      leave(timestamp);
      open = { name: entered, enteredAt: timestamp };
      transitions += 1;
      attempts = 0;
    } else if (event.stateExitedEventDetails !== undefined || isEndEvent(type)) {
      leave(timestamp);
    } else if (isAttempt(type, typeBefore)) {
      attempts += 1;
      if (attempts > 1) transitions += 1;
    }
    typeBefore = type;
  }
  leave(endedAt);
  return { transitions, isWhole: isEndEvent(events.at(-1)?.type), stays };
}

/** Does an attempt of a step begin with this event? One that could not be scheduled may have an event of that alone. */
function isAttempt(type: string | undefined, typeBefore: string | undefined): boolean {
  if (type === 'LambdaFunctionScheduled' || type === 'TaskScheduled') return true;
  return type === 'LambdaFunctionScheduleFailed' && typeBefore !== 'LambdaFunctionScheduled';
}

/** Does this event end an execution, for good or until it is redriven? */
export function isEndEvent(type = ''): boolean {
  return /^Execution(Failed|Aborted|TimedOut|Succeeded)$/.test(type);
}

/** The phases that an execution came to, each with its first start and the sum of its stays. */
export function toPhases({ stays }: ExecutionStats): Readonly<Partial<Record<PhaseName, StateDuration>>> {
  const phases = Object.entries(PHASES).flatMap(([phase, states]) => {
    const own = states.flatMap((state) => stays[state] ?? []);
    if (own.length === 0) return [];
    const first = Math.min(...own.map(({ enteredAt }) => enteredAt.getTime()));
    const seconds = own.reduce((sum, stay) => sum + stay.seconds, 0);
    return [[phase, { enteredAt: new Date(first), seconds }] as const];
  });
  return Object.fromEntries(phases);
}
