import { STATES, type StateName } from '../states.ts';

/** An event of GetExecutionHistory, as far as it is counted. It may come without inputs and outputs. */
export interface CountedEvent {
  readonly type?: string;
  readonly timestamp?: Date;
  readonly stateEnteredEventDetails?: { readonly name?: string };
  readonly stateExitedEventDetails?: { readonly name?: string };
}

/** How long an execution was in one of its states or phases. */
export interface StateDuration {
  readonly enteredAt: Date;
  readonly seconds: number;
}

/** What an execution took: state transitions, and the time in each state. */
export interface ExecutionStats {
  /** As AWS charges them: the start, each state that is entered, and each repetition of a step. */
  readonly transitions: number;
  /** Whether the last event is an end, so that nothing is missing. */
  readonly isComplete: boolean;
  /** By the names of the states, with the first entry and the sum of all visits. */
  readonly durations: Readonly<Record<string, StateDuration>>;
}

const PHASES = ['submit', 'generate', 'copy'] as const;

export type PhaseName = (typeof PHASES)[number];

/** The phase to which each state belongs. */
const PHASE_OF: Readonly<Record<StateName, PhaseName | 'no phase'>> = {
  [STATES.taskGiven]: 'no phase',
  [STATES.rejectInput]: 'no phase',
  [STATES.submitTask]: 'submit',
  [STATES.adoptTask]: 'submit',
  [STATES.wait]: 'generate',
  [STATES.waitForCallback]: 'generate',
  [STATES.checkTask]: 'generate',
  [STATES.finished]: 'generate',
  [STATES.copyVideo]: 'copy',
  [STATES.videoReady]: 'no phase',
  [STATES.recordFailure]: 'no phase',
  [STATES.videoFailed]: 'no phase',
  [STATES.failExecution]: 'no phase',
};

/** Counts the events of an execution from its first one on. @param endedAt when the execution was over */
export function toExecutionStats(events: readonly CountedEvent[], endedAt: Date): ExecutionStats {
  return {
    transitions: countTransitions(events),
    isComplete: isEndEvent(events.at(-1)?.type),
    durations: measureStates(events, endedAt),
  };
}

function countTransitions(events: readonly CountedEvent[]): number {
  let transitions = 1;
  let attempts = 0;
  for (const [index, event] of events.entries()) {
    if (enteredState(event) !== undefined) {
      transitions += 1;
      attempts = 0;
    } else if (isAttempt(event.type, events[index - 1]?.type)) {
      attempts += 1;
      if (attempts > 1) transitions += 1;
    }
  }
  return transitions;
}

function measureStates(events: readonly CountedEvent[], endedAt: Date): ExecutionStats['durations'] {
  const durations: Record<string, StateDuration> = {};
  let open: { readonly name: string; readonly enteredAt: Date } | undefined;

  function leave(at: Date): void {
    if (open === undefined) return;
    const { name, enteredAt } = open;
    const seconds = Math.max(0, (at.getTime() - enteredAt.getTime()) / 1000);
    const earlier = durations[name] ?? { enteredAt, seconds: 0 };
    durations[name] = { ...earlier, seconds: earlier.seconds + seconds };
    open = undefined;
  }

  for (const { timestamp = endedAt, ...event } of events) {
    const name = enteredState(event);
    if (name !== undefined || event.stateExitedEventDetails !== undefined || isEndEvent(event.type))
      leave(timestamp);
    if (name !== undefined) open = { name, enteredAt: timestamp };
  }
  leave(endedAt);
  return durations;
}

function enteredState({ stateEnteredEventDetails }: CountedEvent): string | undefined {
  return stateEnteredEventDetails?.name;
}

/** Does an attempt of a step begin with this event? An attempt that could not be scheduled may have no other event. */
function isAttempt(type: string | undefined, typeBefore: string | undefined): boolean {
  if (type === 'LambdaFunctionScheduled' || type === 'TaskScheduled') return true;
  return type === 'LambdaFunctionScheduleFailed' && typeBefore !== 'LambdaFunctionScheduled';
}

/** Does this event end an execution, for good or until it is redriven? */
export function isEndEvent(type = ''): boolean {
  return /^Execution(Failed|Aborted|TimedOut|Succeeded)$/.test(type);
}

/** The phases that an execution reached, each with its first start and the sum of its visits. */
export function toPhases({ durations }: ExecutionStats): Readonly<Partial<Record<PhaseName, StateDuration>>> {
  const phases = PHASES.flatMap((phase) => {
    const states = Object.entries(PHASE_OF).filter(([, name]) => name === phase);
    const own = states.flatMap(([state]) => durations[state] ?? []);
    if (own.length === 0) return [];
    const first = Math.min(...own.map(({ enteredAt }) => enteredAt.getTime()));
    const seconds = own.reduce((sum, visit) => sum + visit.seconds, 0);
    return [[phase, { enteredAt: new Date(first), seconds }] as const];
  });
  return Object.fromEntries(phases);
}
