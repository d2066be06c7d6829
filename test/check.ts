import { spawnSync } from 'node:child_process';
import { flagsOf } from '../cli/script-flags.ts';

/** `npm run check`: everything but the tests that has to pass before a commit, up to the first step that fails. */
const { fix } = flagsOf({
  name: 'npm run check',
  flags: { fix: { help: 'let Biome correct what it can correct' } },
  summary: 'Runs Biome, the type checker, and cdk synth with cdk-nag, up to the first that fails.',
}).values;
const steps = [
  fix ? 'biome check --write' : 'biome check',
  'tsc',
  'tsc -p page',
  'tsc -p test/page',
  'cdk synth -q',
];
for (const step of steps) {
  const { status } = spawnSync(step, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
