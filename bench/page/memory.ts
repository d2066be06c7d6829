import { setTimeout as after } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { useFastClock } from '../../test/page/fast-clock.ts';
import { createMeasure, leastOf } from '../../test/page/held.ts';
import { type MadeUpService, WATCHED_VIDEO } from '../../test/page/made-up-service.ts';
import { ratio, type Table } from '../measure.ts';

/** An hour in 36 seconds, if the machine can. */
const SPEED = 100;
/** The first is after the page has shown everything that it shows at once. */
const MINUTES = [5, 15, 30, 45, 60] as const;
const SAMPLES = 5;

const VIEWS = {
  list: {
    path: '#/videos',
    asked: 'list',
    everySeconds: 4,
    title: 'A list of 50 videos, with a new one in each answer',
  },
  video: {
    path: `#/videos/${WATCHED_VIDEO}`,
    asked: 'history',
    everySeconds: 10,
    title: 'A video that is checked every ten seconds, so that its history grows',
  },
} as const;

/**
 * What a tab holds after as many answers as an hour has, after its garbage was collected. The least of a few samples counts, because a
 * call that is under way holds something too.
 */
export async function measureHour(
  browser: Browser,
  { url, answers }: MadeUpService,
  view: keyof typeof VIEWS,
): Promise<Table> {
  const { path, asked, everySeconds, title } = VIEWS[view];
  const before = answers[asked];
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(useFastClock, SPEED);
    await page.goto(`${url}/${path}`);
    const measure = await createMeasure(page);
    const rows = [];
    let first: number | undefined;
    for (const minute of MINUTES) {
      const count = (minute * 60) / everySeconds;
      while (answers[asked] - before < count) await after(20);
      const samples = [];
      for (let sample = 0; sample < SAMPLES; sample += 1) samples.push(await measure());
      const { megabytes, nodes, listeners } = leastOf(samples);
      first ??= megabytes;
      rows.push({
        minute,
        answers: count,
        'heap MB': Number(megabytes.toFixed(2)),
        'of the first': ratio(megabytes, first),
        'DOM nodes': nodes,
        listeners,
      });
    }
    return { title, rows };
  } finally {
    await context.close();
  }
}
