import { expect, test } from 'vitest';
import { measureEngine } from '../../bench/engine.ts';
import { temporaryFolder } from '../harness/running-service.ts';

test('the bench of the engine runs the definition of the stack on both engines', async () => {
  const { rows } = await measureEngine(await temporaryFolder(), 10);
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row['executions/s']).toBeGreaterThan(0);
});
