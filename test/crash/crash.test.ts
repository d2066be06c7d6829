import { dirname, join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { PHASES } from '../../bench/crash/phases.ts';
import { runCrashes } from '../../bench/crash/run.ts';
import { temporaryFolder } from '../harness/running-service.ts';

test('killed in a create and in a check, it pays no video twice, and delivers what was created', async () => {
  const report = await runCrashes({
    folder: await temporaryFolder(),
    bundles: join(dirname(inject('assemblies').plain), 'bundles'),
    phases: PHASES.filter(({ name }) => name === 'create' || name === 'check'),
    kills: 2,
    videos: 4,
    seed: 17,
    endMs: 60_000,
  });
  expect(report.violations).toEqual([]);
  expect(report.killsInCreate).toBeGreaterThan(0);
  expect(report.outcomes.get('delivered')).toBeGreaterThan(0);
});
