import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { readSettings } from '../infra/settings.ts';
import { PROBLEM_KINDS } from '../lambdas/core/api/problem-types.ts';
import { FAILURES } from '../lambdas/core/failure.ts';
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

test('lists every kind of problem with its status and title, in the words of the code', () => {
  const [, section = ''] = /## The HTTPS API\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const listed = [...section.matchAll(/^\| `([\w-]+)` \| ([45][^|]*) \| (.+) \|$/gm)];
  expect(listed.map(([, name, status, title]) => [name, status, title])).toEqual(
    Object.entries(PROBLEM_KINDS).map(([name, kind]) => [
      name,
      'status' in kind ? String(kind.status) : expect.stringMatching(/^(401, 403|4xx|5xx)$/),
      kind.title,
    ]),
  );
});

test('shows the fault matrix at its present size', () => {
  expect(readme).toContain(`\n${ROWS.length} faults, ${ROWS.length} as expected, 0 not.\n`);
});

test('says of how many methods each has the throttle of its own', () => {
  const methods = templateOf(appWith()).findResources('AWS::ApiGateway::Method');
  expect(readme).toContain(`each of the ${Object.keys(methods).length} methods for itself`);
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
