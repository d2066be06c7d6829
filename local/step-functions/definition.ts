import type { StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions';
import { CALLBACKS, type Callback } from './task-resources.ts';

/** What a run of the engine accepts as overrides. */
export type Overrides = NonNullable<NonNullable<Parameters<StateMachine['run']>[1]>['overrides']>;

/** The states that wait for a task token, by their names. */
export function callbackStatesOf({ States }: StateMachineDefinition): ReadonlyMap<string, Callback> {
  const waiting = Object.entries(States).flatMap(([name, state]) => {
    const callback = 'Resource' in state ? CALLBACKS[state.Resource] : undefined;
    return callback === undefined ? [] : [[name, callback] as const];
  });
  return new Map(waiting);
}

/** The field of a task's `Parameters` that carries its `TimeoutSecondsPath`. */
export const TIMEOUT_PARAMETER = 'TimeoutSeconds';

/** A Node timer lasts 2^31 - 1 ms at most, which is about 24.8 days. */
const NO_TIMEOUT_SECONDS = 2_000_000;

/** Moves each `TimeoutSecondsPath` into `Parameters`. The engine reads the path from a task's parameters, not from the state's input. */
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
