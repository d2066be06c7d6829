import { CALLBACKS } from './task-resources.ts';

/**
 * The features of Amazon States Language that aws-local-stepfunctions 3 accepts and then ignores, or that a redriven or
 * resumed execution cannot repeat. The engine itself rejects an unknown field, operator or intrinsic function.
 */
const IGNORED_FIELDS = ['Assign', 'Credentials', 'HeartbeatSeconds', 'HeartbeatSecondsPath'];
/** `Map` and `Parallel` run several states at once. A resumption knows one. */
const STATE_TYPES = ['Task', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail'];
/** The engine would put the input of the first state that this attempt runs there. */
const EXECUTION_INPUT = '$$.Execution.Input';
const LAMBDA_ARN = /^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+$/;
/** `waitMsOf` follows these paths. */
const NAMES_ONLY = /^\$(\.\w+)+$/;

type Fields = Readonly<Record<string, unknown>>;

/** @throws Error that names each feature of the definition that would silently go wrong, and its state */
export function assertSupportedFeatures({ QueryLanguage = 'JSONPath', States }: Fields): void {
  const unsupported = Object.entries(States as Readonly<Record<string, Fields>>).flatMap(([name, state]) =>
    unsupportedIn(state).map((feature) => `${feature} in the state "${name}"`),
  );
  if (QueryLanguage !== 'JSONPath') unsupported.unshift(`QueryLanguage ${QueryLanguage}`);
  if (unsupported.length === 0) return;
  throw new Error(`The embedded engine does not support: ${unsupported.join('; ')}.`);
}

function unsupportedIn(state: Fields): readonly string[] {
  const { Type, Resource, TimeoutSeconds, TimeoutSecondsPath, SecondsPath, InputPath } = state;
  const [isTask, isWait] = [Type === 'Task', Type === 'Wait'];
  const isFunction = LAMBDA_ARN.test(String(Resource));
  const isResource = isFunction || Object.hasOwn(CALLBACKS, String(Resource));
  const isFollowed = SecondsPath === undefined || NAMES_ONLY.test(String(SecondsPath));
  const checks: readonly (readonly [boolean, string])[] = [
    [!STATE_TYPES.includes(String(Type)), `Type ${Type}`],
    ...IGNORED_FIELDS.map((field) => [hasField(state, field), field] as const),
    [JSON.stringify(state).includes(EXECUTION_INPUT), EXECUTION_INPUT],
    [isTask && !isResource, `Resource ${Resource}`],
    [isTask && TimeoutSeconds === undefined && TimeoutSecondsPath === undefined, 'a Task without a timeout'],
    [isFunction && TimeoutSecondsPath !== undefined, 'TimeoutSecondsPath of a function'],
    [isWait && !isFollowed, `SecondsPath ${SecondsPath}`],
    [isWait && InputPath !== undefined, 'InputPath of a Wait'],
  ];
  return checks.flatMap(([isUnsupported, feature]) => (isUnsupported ? [feature] : []));
}

function hasField({ Choices, Catch, ...state }: Fields, field: string): boolean {
  return [state, Choices, Catch].flat().some((part) => Object.hasOwn(Object(part), field));
}
