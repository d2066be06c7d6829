import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');

/** Synthesizes as the CDK's command line does: the app as a program, its context in the environment. */
export async function synth(
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
