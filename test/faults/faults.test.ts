import { afterAll, beforeAll, expect, test } from 'vitest';
import { flawsOf } from './flaws.ts';
import { ROWS } from './rows.ts';
import { createWorld, SECRETS, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test.each(ROWS.map((row) => [`${row.phase}: ${row.fault}`, row] as const))('%s', async (_title, row) => {
  expect(flawsOf(row, await world.observe(row), SECRETS)).toEqual([]);
});

test('leaves neither key nor link in the log of any function', () => {
  for (const secret of SECRETS) expect(world.log()).not.toContain(secret);
});

test('has at least sixty rows, no two of the same name', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(ROWS.map(({ phase, fault }) => `${phase}: ${fault}`)).size).toBe(ROWS.length);
});
