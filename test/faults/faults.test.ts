import { expect, test } from 'vitest';
import { FAILURES } from '../../lambdas/core/failure.ts';
import { testMatrix } from './matrix.ts';
import { isInShortRun, ROWS } from './rows.ts';

const rows = ROWS.filter((row) => isInShortRun(row));
testMatrix(rows, false);

test('has at least sixty rows, no two of the same name', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(ROWS.map(({ phase, fault }) => `${phase}: ${fault}`)).size).toBe(ROWS.length);
});

test('leaves no way to end to the long run alone', () => {
  const ends = (of: typeof ROWS): ReadonlySet<string> => new Set(of.map(({ expected }) => expected.ends));
  expect(ends(rows)).toEqual(ends(ROWS));
  // test/workflow/once.test.ts has an execution that is started under a used name.
  const others = new Set(['succeeded', 'VideoExistsAlready']);
  expect(new Set(Object.keys(FAILURES)).union(others)).toEqual(ends(rows).union(others));
});
