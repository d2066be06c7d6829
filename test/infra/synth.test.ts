import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { synth } from './app-process.ts';
import { WITH_DEFAULT_RULES } from './findings.ts';

test('synthesizes as a program without an account, with bundles of its own, and prints nothing', async () => {
  const folder = await temporaryFolder();
  expect(await synth(folder, WITH_DEFAULT_RULES)).toEqual({ stdout: '', stderr: '' });
  expect(existsSync(join(folder, 'bundles', 'submit-task', 'index.mjs'))).toBe(true);
});
