import { ATTEMPT_FIELDS } from './context-values.ts';
import { CALLBACKS } from './task-resources.ts';

/**
 * What the embedded engine (aws-local-stepfunctions 3, docs/feature-support.md and its source) and our history of it know.
 * Anything else in a definition is refused before it runs, because the engine would ignore it or do something else.
 */
const MACHINE_FIELDS = ['Comment', 'StartAt', 'States', 'Version', 'TimeoutSeconds', 'QueryLanguage'];
const EVERY_STATE = ['Type', 'Comment', 'InputPath', 'OutputPath'];
const STATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'Retry',
    'Catch',
    'Next',
    'End',
  ],
  Pass: ['Result', 'Parameters', 'ResultPath', 'Next', 'End'],
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath', 'Next', 'End'],
  Choice: ['Choices', 'Default'],
  Succeed: [],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};
const RETRY_FIELDS = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const CATCH_FIELDS = ['ErrorEquals', 'Next', 'ResultPath'];
const CHOICE_FIELDS =
  /^(Variable|Next|And|Or|Not|Comment|(String|Numeric|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?|StringMatches|BooleanEquals(Path)?|Is(Null|Present|Numeric|String|Boolean|Timestamp))$/;
const CONTEXT_PATH = /^\$\$\.(Execution\.(Id|Name|StartTime|RoleArn|RedriveCount)|StateMachine\.(Id|Name))$/;
/** The engine does not know these: they are bound where they are the whole value of a field in `Parameters`, and nowhere else. */
const BOUND_PATHS: readonly string[] = ATTEMPT_FIELDS.map((field) => `$$.${field}`);
/** A path that a resumed `Wait` can follow as well. */
const NAMES_ONLY = /^\$(\.\w+)+$/;
const INTRINSIC =
  /^States\.(Format|StringToJson|JsonToString|Array|ArrayPartition|ArrayContains|ArrayRange|ArrayGetItem|ArrayLength|ArrayUnique|Base64Encode|Base64Decode|Hash|JsonMerge|MathRandom|MathAdd|StringSplit|UUID)$/;
const LAMBDA_ARN = /^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+$/;

type Fields = Readonly<Record<string, unknown>>;

/** @throws Error that names every feature of the definition which the engine does not know, and where it stands */
export function assertSupportedFeatures(definition: Fields): void {
  const refused = [
    ...unknownKeys(definition, MACHINE_FIELDS, 'the definition'),
    ...((definition.QueryLanguage ?? 'JSONPath') === 'JSONPath'
      ? []
      : ['QueryLanguage JSONata in the definition']),
    ...Object.entries(definition.States as Readonly<Record<string, Fields>>).flatMap(([name, state]) =>
      unknownInState(name, state),
    ),
    ...unknownPaths(withoutBoundPaths(definition)),
  ];
  if (refused.length > 0) throw new Error(`The embedded engine does not know: ${refused.join('; ')}.`);
}

function unknownInState(name: string, state: Fields): readonly string[] {
  const where = `the state "${name}"`;
  const known = STATE_FIELDS[String(state.Type)];
  if (known === undefined) return [`Type ${String(state.Type)} in ${where}`];
  return [
    ...unknownKeys(state, [...EVERY_STATE, ...known], where),
    ...listOf(state, 'Retry').flatMap((retrier) => unknownKeys(retrier, RETRY_FIELDS, `a Retry of ${where}`)),
    ...listOf(state, 'Catch').flatMap((catcher) => unknownKeys(catcher, CATCH_FIELDS, `a Catch of ${where}`)),
    ...(state.Type === 'Task' ? unknownInTask(state, where) : []),
    ...(state.Type === 'Wait' ? unknownInWait(state, where) : []),
    ...listOf(state, 'Choices').flatMap((rule) => unknownInRule(rule, where)),
  ];
}

function unknownInTask(state: Fields, where: string): readonly string[] {
  const resource = String(state.Resource);
  const isFunction = LAMBDA_ARN.test(resource);
  const isKnown = isFunction || Object.hasOwn(CALLBACKS, resource);
  const isBounded = typeof state.TimeoutSeconds === 'number' || state.TimeoutSecondsPath !== undefined;
  return [
    ...(isKnown ? [] : [`Resource ${resource} in ${where}`]),
    ...(isBounded ? [] : [`a Task without TimeoutSeconds (it takes 60) in ${where}`]),
    ...(isFunction && state.TimeoutSecondsPath !== undefined ? [`TimeoutSecondsPath in ${where}`] : []),
  ];
}

/** A resumed Wait has to be worked out from the state's own input. */
function unknownInWait({ SecondsPath, InputPath }: Fields, where: string): readonly string[] {
  const isPlain = SecondsPath === undefined || NAMES_ONLY.test(String(SecondsPath));
  return [
    ...(isPlain ? [] : [`SecondsPath ${SecondsPath} in ${where}`]),
    ...(InputPath === undefined ? [] : [`InputPath in ${where}`]),
  ];
}

/** A rule of a Choice, and the rules inside it. */
function unknownInRule(rule: Fields, where: string): readonly string[] {
  const inner = [
    listOf(rule, 'And'),
    listOf(rule, 'Or'),
    rule.Not === undefined ? [] : [rule.Not],
  ].flat() as readonly Fields[];
  const unknown = Object.keys(rule).filter((key) => !CHOICE_FIELDS.test(key));
  return [
    ...unknown.map((key) => `${key} in a rule of ${where}`),
    ...inner.flatMap((each) => unknownInRule(each, where)),
  ];
}

/** The same without the paths that are bound. */
function withoutBoundPaths(definition: Fields): unknown {
  const rest = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    return Object.values(value)
      .filter((inner) => !BOUND_PATHS.includes(inner as string))
      .map(rest);
  };
  const states = Object.values(definition.States as Readonly<Record<string, Fields>>);
  return states.map(({ Parameters, Comment: _comment, ...state }) => [state, rest(Parameters)]);
}

/** Context paths and intrinsic functions, wherever they stand but in a comment. */
function unknownPaths(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const paths = value.match(/\$\$\.[\w.]+/g) ?? [];
    const functions = value.match(/\bStates\.\w+(?=\()/g) ?? [];
    return [
      ...paths.filter((path) => !CONTEXT_PATH.test(path)),
      ...functions.filter((name) => !INTRINSIC.test(name)),
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'Comment' ? [] : unknownPaths(inner)));
}

function unknownKeys(value: Fields, known: readonly string[], where: string): readonly string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} in ${where}`);
}

function listOf(state: Fields, key: string): readonly Fields[] {
  return (state[key] ?? []) as readonly Fields[];
}
