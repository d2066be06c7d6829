import type { Browser } from 'playwright-core';
import { ratio, type Table } from '../measure.ts';
import { middleOf } from './middle.ts';
import { firstPaint, watchLoad } from './painted.ts';

const TIMES = 15;
/** Without an animation, which would draw all the time. */
const VIEW = { viewport: { width: 1000, height: 800 }, reducedMotion: 'reduce' } as const;

interface Load {
  readonly what: string;
  readonly path: string;
  /** What is there when everything is shown. */
  readonly selector: string;
}

const LOADS: readonly [empty: Load, ...others: Load[]] = [
  { what: 'an empty page', path: '/empty', selector: 'p' },
  { what: 'an empty page with the style', path: '/styled', selector: 'h1' },
  { what: 'the page: all templates', path: '/', selector: 'main li h3 a' },
  { what: 'the page: list of 50 videos', path: '/#/videos', selector: 'table.videos tbody tr:nth-child(50)' },
];

/** Opens each page several times, in turns, each time with an empty cache. */
export async function measureLoads(browser: Browser, url: string): Promise<Table> {
  const times = LOADS.map((load) => ({ load, first: [] as number[], whole: [] as number[] }));
  // The first load of each is not counted: the program is bundled for it.
  for (let round = 0; round <= TIMES; round += 1)
    for (const { load, first, whole } of times) {
      const measured = await open(browser, url, load);
      if (round === 0) continue;
      first.push(measured.first);
      whole.push(measured.whole);
    }
  const [empty] = times;
  const [emptyFirst, emptyWhole] = [middleOf(empty?.first ?? []), middleOf(empty?.whole ?? [])];
  return {
    title: `How fast the page is shown (median of ${TIMES} loads without a cache)`,
    rows: times.map(({ load: { what }, first, whole }) => ({
      what,
      'first text': `${middleOf(first).toFixed(0)} ms`,
      'of the empty page': ratio(middleOf(first), emptyFirst),
      everything: `${middleOf(whole).toFixed(0)} ms`,
      'of the empty one': ratio(middleOf(whole), emptyWhole),
    })),
  };
}

async function open(browser: Browser, url: string, { path, selector }: Load) {
  const context = await browser.newContext(VIEW);
  try {
    const page = await context.newPage();
    await page.addInitScript(watchLoad, selector);
    await page.goto(`${url}${path}`);
    const whole = await page.evaluate(() => window.painted ?? Number.NaN);
    return { first: await page.evaluate(firstPaint), whole };
  } finally {
    await context.close();
  }
}
