import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toWholeNumber } from '../../cli/command-line/whole-number.ts';
import { flagsOf } from '../../cli/script-flags.ts';

/** `npm run crash`: kills the local service at random moments, and checks every video against the contract. */
const command = {
  name: 'npm run crash',
  flags: {
    kills: { takes: 'N', help: 'number of kills', default: '70' },
    videos: { takes: 'N', help: 'number of requested videos', default: '175' },
    seed: { takes: 'N', help: 'seed of the random moments', default: String(Date.now() % 1_000_000) },
  },
  summary: 'Kills the local service at random moments, and checks every video against the contract.',
} as const;
const { kills, videos, seed } = flagsOf(command, ({ values }) => ({
  kills: toWholeNumber('--kills', values.kills, { from: 0, to: 100_000 }),
  videos: toWholeNumber('--videos', values.videos, { from: 1, to: 100_000 }),
  seed: toWholeNumber('--seed', values.seed, { from: 0, to: 999_999_999 }),
}));
// Imported after the flags are read: the CDK alone takes seconds.
const { runCrashes } = await import('./run.ts');
const folder = await mkdtemp(join(tmpdir(), 'template-video-crash-'));
const report = await runCrashes({
  folder,
  kills,
  videos,
  seed,
  endMs: 300_000,
  onKill: (line) => console.error(line),
});
const killed = [...report.kills].map(([phase, count]) => `${phase} ${count}`).join(', ');
console.table({
  seed,
  'kill -9': `${[...report.kills.values()].reduce((sum, count) => sum + count, 0)} (${killed})`,
  '  of these with a create open': report.killsInCreate,
  videos: report.videos,
  'requests (POST, each key repeated)': report.requests,
  'creates that reached MiniMax': report.creates,
  '  whose answer was cut': report.cut,
  '  whose answer was sent, and not recorded': report.unread,
  ...Object.fromEntries(report.outcomes),
  violations: report.violations.length,
});
for (const violation of report.violations) console.error(violation);
await rm(folder, { recursive: true, force: true });
process.exitCode = report.violations.length === 0 ? 0 : 1;
