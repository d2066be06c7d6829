import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { flagsOf } from '../../cli/script-flags.ts';
import { CHROMIUM, launchChromium } from '../../test/harness/chromium.ts';
import { createReport, RECORD_FLAG } from '../report.ts';
import { composition, fileSizes } from './bundle.ts';
import { measureInteractions } from './interactions.ts';
import { measureLoads } from './loads.ts';
import { measureHour } from './memory.ts';
import { startPages } from './pages.ts';

/** `npm run bench:page`: measures the page in Chromium: its size, how fast it is shown and answers, and its memory after an hour. */
const { values } = flagsOf({
  name: 'npm run bench:page',
  flags: RECORD_FLAG,
  summary:
    'Measures the page in Chromium: its size, how fast it is shown and answers, and its memory after an hour.',
});
if (!existsSync(CHROMIUM)) {
  console.error(
    `There is no ${CHROMIUM}, in which the page is measured. On Debian: apt-get install chromium`,
  );
  process.exit(2);
}
/** So that nothing waits for the next frame of a screen. */
const FRAMES_AT_ONCE = ['--disable-gpu-vsync', '--disable-frame-rate-limit'];
const report = createReport('bench:page', values.record);
report.add(fileSizes());
report.add(composition());
await using cleanup = new AsyncDisposableStack();
const service = await startPages();
cleanup.defer(() => service.stop());
report.add(await withBrowser(FRAMES_AT_ONCE, (browser) => measureLoads(browser, service.url)));
report.add(await withBrowser(FRAMES_AT_ONCE, (browser) => measureInteractions(browser, service.url)));
for (const view of ['list', 'video'] as const)
  report.add(await withBrowser([], (browser) => measureHour(browser, service, view)));
await report.end();

async function withBrowser<T>(
  browserFlags: readonly string[],
  work: (browser: Browser) => Promise<T>,
): Promise<T> {
  const browser = await launchChromium(browserFlags);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}
