import { expect, test } from 'vitest';
import { runCrashes } from '../../bench/crash/run.ts';
import { temporaryFolder } from '../harness/running-service.ts';

test('killed at seventy moments, it pays no video twice, and delivers every one whose create was answered', async () => {
  const folder = await temporaryFolder();
  const report = await runCrashes({ folder, kills: 70, videos: 175, seed: 17, endMs: 300_000 });
  expect(report.violations).toEqual([]);
  expect(report.killsInCreate).toBeGreaterThan(0);
  expect(report.outcomes.get('delivered')).toBeGreaterThan(0);
}, 1_800_000);
