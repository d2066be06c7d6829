import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');

/** Synthesizes as the CDK's command line does: the app as a program, its context in the environment. */
async function synth(context: object): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const environment = {
    PATH: '/usr/bin:/bin',
    CDK_OUTDIR: await temporaryFolder(),
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  return run(process.execPath, ['infra/app.ts'], { cwd: PROJECT, env: environment });
}

test.each([{ auth: 'iam' }, { auth: 'key' }, { callbacks: 'true' }])(
  'has no open finding of cdk-nag or of CloudFormation, with %j and without an account',
  async (context) => {
    expect(await synth({ '@aws-cdk/core:validateAgainstDefaultRules': true, ...context })).toEqual({
      stdout: '',
      stderr: '',
    });
  },
);

test('stops at a wrong setting and says which, and nothing else', async () => {
  await expect(synth({ pollSeconds: 'often' })).rejects.toMatchObject({
    stderr: expect.stringContaining(
      'Setting pollSeconds is "often"; allowed is a whole number from 1 to 3600.',
    ),
  });
});
