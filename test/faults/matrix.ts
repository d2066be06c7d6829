import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StackSettings } from '../harness/running-service.ts';
import { createWorld, SECRETS, type World } from './harness.ts';
import { ROWS } from './rows.ts';
import { CALLBACK_ADDRESS, flawsOf } from './violations.ts';

/** One test for each row of the fault matrix. @param settings of the stack @returns what the functions have printed by now */
export function testMatrix(settings: StackSettings): () => string {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(settings);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each(ROWS.map((row) => [`${row.phase}: ${row.fault}`, row] as const))('%s', async (_title, row) => {
    expect(flawsOf(row, await world.observe(row), SECRETS)).toEqual([]);
  });

  test('leaves neither key, link nor the address of a bell in the log of any function', () => {
    for (const secret of SECRETS) expect(world.log()).not.toContain(secret);
    expect(world.log()).not.toMatch(CALLBACK_ADDRESS);
  });
  return () => world.log();
}
