import type { StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions';
import { CALLBACKS, type Callback } from './task-resources.ts';

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
