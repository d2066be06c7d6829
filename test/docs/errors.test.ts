import { expect, test } from 'vitest';
import { FAILURES, RETRY_KINDS } from '../../lambdas/core/failure.ts';
import type { Money } from '../faults/row.ts';
import { ROWS } from '../faults/rows.ts';
import { readPage } from './markdown.ts';

const { text } = readPage('docs/errors.md');

test('says of every error what it means, what it costs and what to do, in the words of the code', () => {
  const listed = [...text.matchAll(/^\| `(\w+)` \| (.+) \| (no|maybe|yes) \| (.+) \|$/gm)];
  expect(listed.map(([, name, title, moneySpent, advice]) => [name, { title, moneySpent, advice }])).toEqual(
    Object.entries(FAILURES).map(([name, { title, moneySpent, advice }]) => [
      name,
      { title, moneySpent, advice },
    ]),
  );
});

test('explains each word of retry', () => {
  const [, table = ''] = /instead:\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const words = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word);
  expect(words).toEqual(['retry', ...RETRY_KINDS]);
});

/** The part that `npm run faults` has printed. */
const [, printedMatrix = ''] = /```text\nphase +fault .*\n([^`]*)```/.exec(text) ?? [];

test('shows rows of the fault matrix as they end', () => {
  const [shown = ''] = printedMatrix.split('…');
  const rows = ROWS.map(({ phase, fault, expected: { ends, creates, tasks, isStored, money } }) =>
    [phase, fault, ends, creates, tasks, isStored ? 'stored' : '–', money].join(' | '),
  );
  const lines = shown.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(rows).toContain(line.split(/ {2,}/).join(' | '));
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
  expect(Object.entries(groups ?? {}).map(([name, value]) => [name, Number(value)])).toEqual(
    Object.entries(totals),
  );
});
