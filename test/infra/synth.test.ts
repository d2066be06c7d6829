import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { WITH_DEFAULT_RULES } from './findings.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');

/** Synthesizes as the CDK's command line does: the app as a program, its context in the environment. */
async function synth(
  folder: string,
  context: object,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const environment = {
    PATH: '/usr/bin:/bin',
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  return run(process.execPath, ['infra/app.ts'], { cwd: PROJECT, env: environment });
}

test('synthesizes as a program without an account, with bundles of its own, and prints nothing', async () => {
  const folder = await temporaryFolder();
  expect(await synth(folder, WITH_DEFAULT_RULES)).toEqual({ stdout: '', stderr: '' });
  expect(existsSync(join(folder, 'bundles', 'submit-task', 'index.mjs'))).toBe(true);
});

test('stops at a wrong setting and says which, and nothing else', async () => {
  await expect(synth(await temporaryFolder(), { pollSeconds: 'often' })).rejects.toMatchObject({
    stderr: 'Setting pollSeconds is "often"; allowed is a whole number from 1 to 3600.\n',
  });
});
