import type { StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions';
import { CALLBACK_RESOURCE } from './lambda-task.ts';

/** What the engine lets be overridden in a run. */
export type Overrides = NonNullable<NonNullable<Parameters<StateMachine['run']>[1]>['overrides']>;

/** The names of the states that wait for a task token. */
export function callbackStatesOf({ States }: StateMachineDefinition): ReadonlySet<string> {
  const waiting = Object.entries(States).filter(
    ([, state]) => 'Resource' in state && state.Resource === CALLBACK_RESOURCE,
  );
  return new Set(waiting.map(([name]) => name));
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
