import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readSettings } from '../infra/settings.ts';
import { PROBLEM_KINDS } from '../lambdas/core/api/problem-types.ts';
import { videoSchema } from '../lambdas/core/api/response.ts';
import { FAILURES } from '../lambdas/core/failure.ts';
import type { Money } from './faults/row.ts';
import { ROWS } from './faults/rows.ts';
import {
  appWith,
  definitionOf,
  resolvedTemplateOf,
  templateOf,
  toConstructId,
} from './harness/synthesized.ts';

const PROJECT = join(import.meta.dirname, '..');
const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const definition = definitionOf(resolvedTemplateOf(appWith()));

test('pictures the state graph as it is', () => {
  const { StartAt, States } = definition;
  const arrow = (from: string, kind: string, to: string): string =>
    `${toConstructId(from)} ${kind} ${toConstructId(to)}`;
  const real = Object.entries(States).flatMap(([name, { Next, Default, Choices = [], Catch = [] }]) => {
    const next = [Next, Default, ...Choices.map((choice) => choice.Next)].filter((to) => to !== undefined);
    return [
      ...next.map((to) => arrow(name, '>', to)),
      ...Catch.map((catcher) => arrow(name, 'error>', catcher.Next)),
    ];
  });
  const [, picture = ''] = /```mermaid\n([^`]*)```/.exec(readme) ?? [];
  const arrows = [
    ...picture.matchAll(/^ {2}(\w+)(?:\W[^>]*?)? ((?:-- \w+ )?-->|-\. error \.->) (\w+)/gm),
  ].map(([, from, arrow, to]) => `${from} ${arrow?.includes('error') ? 'error> ' : '> '}${to}`);
  expect(arrows.sort()).toEqual([...real, `start > ${toConstructId(StartAt)}`].sort());
});

test('lists every setting with its default', () => {
  const [, table = ''] = /## Settings\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const listed = [...table.matchAll(/^\| `(\w+)` \| `?([^`|]*?)`? \|/gm)].map(([, name, value]) => [
    name,
    value?.trim(),
  ]);
  expect(listed).toEqual(
    Object.entries(readSettings(new RootConstruct().node)).map(([name, value]) => [
      name,
      String(value ?? 'none') || 'empty',
    ]),
  );
});

test('says of every error what it means, what it costs and what to do, in the words of the code', () => {
  const [, section = ''] = /## When things go wrong\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const listed = [...section.matchAll(/^\| `(\w+)` \| (.+) \| (no|maybe|yes) \| (.+) \|$/gm)];
  expect(listed.map(([, name, title, moneySpent, advice]) => [name, { title, moneySpent, advice }])).toEqual(
    Object.entries(FAILURES).map(([name, { title, moneySpent, advice }]) => [
      name,
      { title, moneySpent, advice },
    ]),
  );
});

test('lists every kind of problem with its status, title and retry, in the words of the code', () => {
  const [, section = ''] = /## The HTTPS API\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const listed = [...section.matchAll(/^\| `([\w-]+)` \| ([45][^|]*) \| (.+) \| `(\w+)` \|$/gm)];
  expect(listed.map(([, ...fields]) => fields)).toEqual(
    Object.entries(PROBLEM_KINDS).map(([name, kind]) => [
      name,
      'status' in kind ? String(kind.status) : expect.stringMatching(/^(401, 403|4xx|5xx)$/),
      kind.title,
      kind.retry,
    ]),
  );
});

test('lists every field of a video', () => {
  const [, table = ''] = /\*\*A video\*\* has these fields:\n([\s\S]*?)\n\n`Retry-After`/.exec(readme) ?? [];
  const rows = [...table.matchAll(/^\| (`.*?) \| (.*) \|$/gm)].map(([, names = '', text = '']) => ({
    names: quoted(names),
    text,
  }));
  const { properties = {} } = z.toJSONSchema(videoSchema, { io: 'input' });
  expect(rows.flatMap(({ names }) => names).sort()).toEqual(Object.keys(properties).sort());
  for (const [name, field] of Object.entries(properties)) {
    const inner = typeof field === 'object' ? Object.keys(field.properties ?? {}) : [];
    const row = rows.find(({ names }) => names.includes(name));
    expect(quoted(row?.text ?? ''), name).toEqual(expect.arrayContaining(inner));
  }
});

/** The words in backticks. */
function quoted(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** The part of the README that `npm run faults` has printed. */
const [, printedMatrix = ''] = /```\nphase +fault .*\n([^`]*)```/.exec(readme) ?? [];

test('shows rows of the fault matrix as they end', () => {
  const [shown = ''] = printedMatrix.split('…');
  const rows = ROWS.map(({ phase, fault, expected: { ends, creates, tasks, isStored, money } }) =>
    [phase, fault, ends, creates, tasks, isStored ? 'stored' : '–', money].join(' | '),
  );
  for (const line of shown.trimEnd().split('\n')) expect(rows).toContain(line.split(/ {2,}/).join(' | '));
});

test('shows the totals of the fault matrix', () => {
  const { groups } =
    /(?<faults>\d+) faults, (?<held>\d+) as expected, (?<broken>\d+) not\.\n(?<creates>\d+) creates reached MiniMax, \d+ of [^:]*: (?<most>\d+) at most .*\n(?<tasks>\d+) tasks were made\. (?<delivered>\d+) videos delivered, (?<named>\d+) failures name their task,\n(?<unnamed>\d+) say .*, (?<free>\d+) cost nothing\./.exec(
      printedMatrix,
    ) ?? {};
  const sum = (key: 'creates' | 'tasks'): number =>
    ROWS.reduce((total, { expected }) => total + expected[key], 0);
  const count = (money: Money): number => ROWS.filter(({ expected }) => expected.money === money).length;
  const totals = {
    faults: ROWS.length,
    held: ROWS.length,
    broken: 0,
    creates: sum('creates'),
    most: 1,
    tasks: sum('tasks'),
    delivered: count('delivered'),
    named: count('named with its task'),
    unnamed: count('named without its task'),
    free: count('nothing spent'),
  };
  expect(Object.entries(groups ?? {}).map(([name, text]) => [name, Number(text)])).toEqual(
    Object.entries(totals),
  );
});

test('says how many requests all methods take together', () => {
  const { groups } =
    /each of the (?<methods>\d+) methods for itself.* some (?<requests>\d+) requests a second, and (?<burst>\d+) at once/.exec(
      readme,
    ) ?? {};
  const methods = Object.keys(templateOf(appWith()).findResources('AWS::ApiGateway::Method')).length;
  const { requestsPerSecond, burstRequests } = readSettings(new RootConstruct().node);
  expect({ ...groups }).toEqual({
    methods: String(methods),
    requests: String(methods * requestsPerSecond),
    burst: String(methods * burstRequests),
  });
});

test('names two commands that CI runs as they stand', () => {
  const commands = [...readme.matchAll(/```sh\n(npm ci && npm \w+)\n```/g)].map(([, command]) => command);
  expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  const lines = readFileSync(join(PROJECT, '.ci', 'run'), 'utf8').split('\n');
  expect(lines.filter((line) => /\bnpm (ci|test|run|start)\b/.test(line) && !/^#|echo/.test(line))).toEqual([
    'npm ci',
    'npm test',
    'npm run test:long',
    'npm run check',
    'printed=$(npm start --silent)',
  ]);
});
