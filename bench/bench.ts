import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../cli/command.ts';
import { measureBundles } from './bundles.ts';
import { measureCallback } from './callback.ts';
import { measureEngine } from './engine.ts';
import { measureStart } from './start.ts';

/** `npm run bench`: measures `npm start`, the bundles, the callback function and the embedded engine on this machine. */
flagsOf({
  name: 'npm run bench',
  flags: {},
  help: 'Measures npm start, the bundles, the callback function and the embedded engine on this machine. It has no flags.\n',
});
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
