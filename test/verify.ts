import { spawnSync } from 'node:child_process';
import { flagsOf } from '../cli/command.ts';

const STEPS = ['biome check', 'tsc', 'vitest run', 'cdk synth -q'];

/** `npm run verify`: all that has to pass before a commit, up to the first step that does not. */
flagsOf({
  name: 'npm run verify',
  flags: {},
  help: `Runs, up to the first that fails: ${STEPS.join(', ')}. It has no flags.\n`,
});
for (const step of STEPS) {
  const { status } = spawnSync(step, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
