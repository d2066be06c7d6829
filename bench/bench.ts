import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';

/** `npm run bench`: measures `npm start`, the bundles, the callback function and the embedded engine on this machine. */
flagsOf({
  name: 'npm run bench',
  flags: {},
  summary: 'Measures npm start, the bundles, the callback function and the embedded engine on this machine.',
});
// Imported after the flags are read: the CDK and the SDK clients alone take seconds.
const { measureBundles } = await import('./bundles.ts');
const { measureCallback } = await import('./callback.ts');
const { measureEngine } = await import('./engine.ts');
const { measureStart } = await import('./start.ts');
const folder = await mkdtemp(join(tmpdir(), 'template-video-bench-'));
try {
  for (const measure of [measureStart, measureBundles, measureCallback, measureEngine]) {
    const { title, rows } = await measure(folder);
    console.log(`\n${title}`);
    console.table(rows);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
