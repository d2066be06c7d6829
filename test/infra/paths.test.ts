/* This file is long because it lists every form of each function's result. */
import { expect, test } from 'vitest';
import { toCheckedJob, toCopiedJob } from '../../lambdas/core/job/checked-job.ts';
import { toAdoptedJob, toResumedJob, withCallbacks } from '../../lambdas/core/job/submitted-job.ts';
import { toFailedJob } from '../../lambdas/core/record-failure/explain.ts';
import { decideOutcome } from '../../lambdas/core/record-failure/outcome.ts';
import {
  after,
  executionKey,
  newJob,
  request,
  running,
  schedule,
  submittedJob,
} from '../harness/running-job.ts';
import { appWith, type Definition, definitionOf, resolvedTemplateOf } from '../harness/synthesized.ts';

/** The paths that a document certainly has. `$` means that the document is an object. */
type Paths = ReadonlySet<string>;

function pathsOf(value: object, prefix = '$'): Paths {
  const inner = Object.entries(value).flatMap(([key, field]) => {
    const path = `${prefix}.${key}`;
    return field === undefined ? [] : [path, ...(isObject(field) ? pathsOf(field, path) : [])];
  });
  return new Set([prefix, ...inner]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const moment = { now: after(40), schedule };
const task = {
  task_id: '42',
  kind: 'template' as const,
  adopted: true,
  waiting_since: after(0).toISOString(),
};
const error = { Error: 'GaveUpWaiting', Cause: 'It took too long.' };
const runningJob = toCheckedJob(submittedJob, running, moment);
const failedJob = toCheckedJob(submittedJob, { status: 'failed', rawStatus: 'Fail', code: 0 }, moment);
const video = {
  bucket: 'b',
  key: 'k',
  bytes: 1,
  sha256: '',
  content_type: '',
  seconds: 1,
  attempts: 1,
  resumes: 0,
};
const broken = { ...executionKey, redrives: 0, job: { ...submittedJob, error } };
const outcome = decideOutcome(
  { ...executionKey, redrives: 1, task_token: 't', job: toFailedJob(broken, after(50)) },
  after(60),
);

/** Each form of each function's result. */
const RESULTS: Readonly<Record<string, readonly object[]>> = {
  'Submit task': [
    submittedJob,
    withCallbacks(submittedJob, { active: false, received: 0 }, schedule),
    toResumedJob({ ...newJob, redrives: 1 }, task, after(40)),
  ],
  'Adopt task': [toAdoptedJob(newJob, { request, task }, after(40))],
  'Wait for callback': [{ callback_received_at: '' }],
  'Check task': [runningJob, failedJob],
  'Copy video': [toCopiedJob(runningJob, video, after(50))],
  'Record failure': [
    toFailedJob(broken, after(50)),
    toFailedJob({ ...broken, job: { ...request, error } }, after(50)),
  ],
  'Video failed': 'resume' in outcome ? [outcome.resume] : [],
};

/** What a document has after a choice for this value. */
const BEHIND: Readonly<Record<string, object>> = { failed: failedJob };

interface Rule {
  readonly Variable?: string;
  readonly IsPresent?: boolean;
  readonly StringEquals?: string;
  readonly And?: readonly Rule[];
  readonly Next?: string;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Parameters?: object;
  readonly ResultPath?: string | null;
  readonly Choices?: readonly Rule[];
  readonly Catch?: readonly { readonly Next: string; readonly ResultPath?: string | null }[];
  readonly SecondsPath?: string;
  readonly TimeoutSecondsPath?: string;
  readonly ErrorPath?: string;
  readonly CausePath?: string;
}

/** The paths that a state reads of its input, with `$` where it adds to it, because then it has to be an object. */
function readsOf(state: State): readonly string[] {
  const { SecondsPath, TimeoutSecondsPath, ErrorPath, CausePath, Choices = [], Catch = [] } = state;
  const own = [SecondsPath, TimeoutSecondsPath, ErrorPath, CausePath].filter((path) => path !== undefined);
  const puts = [state, ...Catch].map(({ ResultPath }) => ResultPath).some((path) => path?.startsWith('$.'));
  return [
    ...own,
    ...Choices.flatMap(readsOfRule),
    ...readsOfParameters(state.Parameters),
    ...(puts ? ['$'] : []),
  ];
}

/** A rule with `IsPresent` reads nothing. It guards the rules after it that read the path. */
function readsOfRule({ And, Variable = '', IsPresent }: Rule): readonly string[] {
  if (And === undefined) return IsPresent === undefined ? [Variable] : [];
  const asked = And.filter((rule) => rule.IsPresent === true).map((rule) => rule.Variable);
  return And.flatMap(readsOfRule).filter((path) => !asked.includes(path));
}

function readsOfParameters(parameters: object = {}): readonly string[] {
  return Object.entries(parameters).flatMap(([key, value]) => {
    if (isObject(value)) return readsOfParameters(value);
    return key.endsWith('.$') && /^\$\./.test(String(value)) ? [String(value)] : [];
  });
}

/** Each exit of a state, with the paths of the document on it. */
function exitsOf(
  name: string,
  state: State,
  given: Paths,
): readonly (readonly [next: string, paths: Paths])[] {
  const result =
    state.Type === 'Pass' ? [passed(state.Parameters)] : resultsOf(name, state).map((one) => pathsOf(one));
  const left =
    state.Type === 'Task' || state.Type === 'Pass' ? put(given, state.ResultPath, common(result)) : given;
  const choices = (state.Choices ?? []).map((rule) => [rule.Next ?? '', behind(rule, given)] as const);
  const caught = (state.Catch ?? []).map((catcher) => {
    return [catcher.Next, put(given, catcher.ResultPath, pathsOf(error))] as const;
  });
  const next = [state.Next, state.Default].filter((to) => to !== undefined);
  return [...next.map((to) => [to, left] as const), ...choices, ...caught];
}

function resultsOf(name: string, { Type }: State): readonly object[] {
  const results = RESULTS[name] ?? [];
  if (Type === 'Task' && results.length === 0) throw new Error(`RESULTS has no result of ${name}.`);
  return results;
}

function passed(parameters: object = {}): Paths {
  const fields = Object.entries(parameters).map(([key, value]) => [key.replace(/\.\$$/, ''), value]);
  return pathsOf(Object.fromEntries(fields));
}

function put(given: Paths, path: string | null | undefined, result: Paths): Paths {
  if (path === null) return given;
  if (path === undefined || path === '$') return result;
  return new Set([...given, ...[...result].map((inner) => inner.replace('$', path))]);
}

function behind({ And = [], ...rule }: Rule, given: Paths): Paths {
  const known = [rule, ...And].flatMap(({ Variable = '', IsPresent, StringEquals = '' }) => [
    ...(IsPresent === true ? ['$', Variable] : []),
    ...pathsOf(BEHIND[StringEquals] ?? {}),
  ]);
  return new Set([
    ...given,
    ...known.filter((path) => path !== '$' || rule.IsPresent === true || given.has('$')),
  ]);
}

function common([first = new Set<string>(), ...others]: readonly Paths[]): Paths {
  return new Set([...first].filter((path) => others.every((other) => other.has(path))));
}

/** The paths that the input of each state has on every route to it. */
function inputsOf({ StartAt, States }: Definition): ReadonlyMap<string, Paths> {
  const inputs = new Map<string, Paths>([[StartAt, new Set()]]);
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const [next, paths] of exitsOf(name, States[name] as State, inputs.get(name) ?? new Set())) {
      const before = inputs.get(next);
      const now = before === undefined ? paths : common([before, paths]);
      if (before?.size === now.size) continue;
      inputs.set(next, now);
      open.push(next);
    }
  return inputs;
}

test.each([
  ['without callbacks', {}],
  ['with callbacks', { callbacks: true }],
])('reads only paths that exist on every route, and adds only to objects: %s', (_how, context) => {
  const definition = definitionOf(resolvedTemplateOf(appWith({ context })));
  const inputs = inputsOf(definition);
  expect([...inputs.keys()].toSorted()).toEqual(Object.keys(definition.States).toSorted());
  const absent = Object.entries(definition.States).flatMap(([name, state]) =>
    readsOf(state as State)
      .filter((path) => !inputs.get(name)?.has(path))
      .map((path) => `${name} reads ${path}`),
  );
  expect(absent).toEqual([]);
  const reads = Object.values(definition.States).flatMap((state) => readsOf(state as State));
  expect(reads).toEqual(
    expect.arrayContaining(['$.check.status', '$.wait_seconds', '$.error.Error', '$.error.Cause']),
  );
});
