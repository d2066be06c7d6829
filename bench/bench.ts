import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';
import { createReport, RECORD_FLAG } from './report.ts';

/** `npm run bench`: measures `npm start`, the bundles, the callback function and the embedded engine on this machine. */
const { values } = flagsOf({
  name: 'npm run bench',
  flags: RECORD_FLAG,
  summary: 'Measures npm start, the bundles, the callback function and the embedded engine on this machine.',
});
// Imported after the flags are read: the CDK and the SDK clients alone take seconds.
const { measureBundles } = await import('./bundles.ts');
const { measureCallback } = await import('./callback.ts');
const { measureEngine } = await import('./engine.ts');
const { measureStart } = await import('./start.ts');
const folder = await mkdtemp(join(tmpdir(), 'template-video-bench-'));
const report = createReport('bench', values.record);
try {
  for (const measure of [measureStart, measureBundles, measureCallback, measureEngine])
    report.add(await measure(folder));
  await report.end();
} finally {
  await rm(folder, { recursive: true, force: true });
}
