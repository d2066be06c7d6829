import type { StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions';
import { CALLBACKS, type Callback } from './callback-task.ts';

/** What the engine lets be overridden in a run. */
export type Overrides = NonNullable<NonNullable<Parameters<StateMachine['run']>[1]>['overrides']>;

/** The states that wait for a task token, by their names. */
export function callbackStatesOf({ States }: StateMachineDefinition): ReadonlyMap<string, Callback> {
  const waiting = Object.entries(States).flatMap(([name, state]) => {
    const callback = 'Resource' in state ? CALLBACKS[state.Resource] : undefined;
    return callback === undefined ? [] : [[name, callback] as const];
  });
  return new Map(waiting);
}

/** What a task is given beside its own parameters: the engine looks for a timeout there, and not in the state's input. */
export const TIMEOUT_PARAMETER = 'TimeoutSeconds';

/** A timer of Node's lasts no longer than some twenty-four days. */
const NO_TIMEOUT_SECONDS = 2_000_000;

/** Leaves it to the task to keep a timeout that stands in the state's input. */
export function withTimeoutsAsParameters(definition: StateMachineDefinition): StateMachineDefinition {
  const States = Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => {
      if (!('TimeoutSecondsPath' in state)) return [name, state];
      const { TimeoutSecondsPath, ...rest } = state;
      const Parameters = { ...(rest.Parameters as object), [`${TIMEOUT_PARAMETER}.$`]: TimeoutSecondsPath };
      return [name, { ...rest, Parameters, TimeoutSeconds: NO_TIMEOUT_SECONDS }];
    }),
  );
  return { ...definition, States } as StateMachineDefinition;
}

/** The engine takes the time of each run; to Step Functions it is that of the execution, also when it is redriven. */
export function withStartTime(definition: StateMachineDefinition, startTime: string): StateMachineDefinition {
  const bind = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        inner === '$$.Execution.StartTime' ? [key.replace(/\.\$$/, ''), startTime] : [key, bind(inner)],
      ),
    );
  };
  const States = Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [
      name,
      'Parameters' in state ? { ...state, Parameters: bind(state.Parameters) } : state,
    ]),
  );
  return { ...definition, States } as StateMachineDefinition;
}

/** What makes each `Wait` and each pause of a `Retry` take so long. */
export function withPauses({ States }: StateMachineDefinition, pauseMs: number): Overrides {
  const everywhere = Object.fromEntries(Object.keys(States).map((name) => [name, pauseMs]));
  return { waitTimeOverrides: everywhere, retryIntervalOverrides: everywhere };
}
