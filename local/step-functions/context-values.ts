import { randomUUID } from 'node:crypto';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** Fields of the context object that the engine lacks. Their values differ by attempt of a state. */
export const ATTEMPT_FIELDS = ['State.Name', 'State.EnteredTime', 'State.RetryCount', 'Task.Token'] as const;

type AttemptField = (typeof ATTEMPT_FIELDS)[number];

export interface BoundContext {
  readonly definition: StateMachineDefinition;
  /** Replaces the placeholders in a task's input by the values of the attempt that begins now. */
  resolve(input: unknown, valueIn: (field: AttemptField) => unknown): unknown;
}

/**
 * Binds paths of the context object in `Parameters`. `Execution.StartTime` becomes the start of the execution, because the
 * engine would use the start of each run. A field of the attempt becomes a random placeholder, which `resolve` replaces.
 */
export function bindContext(definition: StateMachineDefinition, startTime: string): BoundContext {
  const secret = randomUUID();
  const placeholders = new Map<unknown, AttemptField>(
    ATTEMPT_FIELDS.map((field) => [`${secret} ${field}`, field]),
  );
  const values = new Map<unknown, string>([
    ['$$.Execution.StartTime', startTime],
    ...ATTEMPT_FIELDS.map((field) => [`$$.${field}`, `${secret} ${field}`] as const),
  ]);
  const bind = (value: unknown): unknown =>
    mapped(value, (key, inner) => {
      const bound = key.endsWith('.$') ? values.get(inner) : undefined;
      return bound === undefined ? [key, bind(inner)] : [key.slice(0, -2), bound];
    });
  const States = Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [
      name,
      'Parameters' in state ? { ...state, Parameters: bind(state.Parameters) } : state,
    ]),
  );
  return {
    definition: { ...definition, States } as StateMachineDefinition,
    resolve(input, valueIn) {
      const given = new Map<AttemptField, unknown>();
      const resolve = (value: unknown): unknown => {
        const field = placeholders.get(value);
        if (field === undefined) return mapped(value, (key, inner) => [key, resolve(inner)]);
        if (!given.has(field)) given.set(field, valueIn(field));
        return given.get(field);
      };
      return resolve(input);
    },
  };
}

/** Changes each field of an object or each item of a list, at the top level. */
function mapped(value: unknown, change: (key: string, inner: unknown) => [string, unknown]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => change(String(index), item)[1]);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => change(key, inner)));
}
