import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCrashes } from './run.ts';

/** `npm run crash`: kills the local service at random moments, and holds every video against what was promised. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '70' },
    videos: { type: 'string', default: '175' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'template-video-crash-'));
const report = await runCrashes({
  folder,
  kills: Number(values.kills),
  videos: Number(values.videos),
  seed: Number(values.seed),
  endMs: 300_000,
  onKill: (line) => console.error(line),
});
const kills = [...report.kills].map(([phase, count]) => `${phase} ${count}`).join(', ');
console.table({
  seed: values.seed,
  'kill -9': `${[...report.kills.values()].reduce((sum, count) => sum + count, 0)} (${kills})`,
  '  of these with a create open': report.killsInCreate,
  videos: report.videos,
  'requests (POST, each key repeated)': report.requests,
  'creates that reached MiniMax': report.creates,
  '  whose answer was cut': report.cut,
  '  whose answer was on its way, and written down by nobody': report.unread,
  ...Object.fromEntries(report.outcomes),
  violations: report.violations.length,
});
for (const violation of report.violations) console.error(violation);
await rm(folder, { recursive: true, force: true });
process.exitCode = report.violations.length === 0 ? 0 : 1;
