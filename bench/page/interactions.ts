import type { Browser, Page } from 'playwright-core';
import { ratio, type Table } from '../measure.ts';
import { middleOf } from './middle.ts';
import { watchNext } from './painted.ts';
import { preparePlain } from './plain.ts';

const TIMES = 15;
/** Without an animation, which would draw all the time. */
const VIEW = { viewport: { width: 1000, height: 800 }, reducedMotion: 'reduce' } as const;

/** One thing that a person does, in the page, and in a page of few lines. */
interface Interaction {
  readonly what: string;
  readonly inPage: (page: Page) => Promise<number>;
  readonly inPlain: (page: Page) => Promise<number>;
}

/** Measures each several times, in turns with the plain page. */
export async function measureInteractions(browser: Browser, url: string): Promise<Table> {
  const context = await browser.newContext(VIEW);
  try {
    const [page, plain] = [await context.newPage(), await context.newPage()];
    await plain.goto(`${url}/plain`);
    await plain.evaluate(preparePlain);
    await page.goto(`${url}/`);
    const rows = [];
    for (const { what, inPage, inPlain } of INTERACTIONS) {
      const [own, other]: [number[], number[]] = [[], []];
      // The first of each is not counted.
      for (let round = 0; round <= TIMES; round += 1) {
        // A page in the background draws no frames.
        await page.bringToFront();
        const ownMs = await inPage(page);
        await plain.bringToFront();
        const otherMs = await inPlain(plain);
        if (round > 0) [own.push(ownMs), other.push(otherMs)];
      }
      rows.push({
        what,
        'the page': `${middleOf(own).toFixed(1)} ms`,
        'a plain one': `${middleOf(other).toFixed(1)} ms`,
        ratio: ratio(middleOf(own), middleOf(other)),
      });
    }
    return {
      title: `How fast the page answers, until the answer is painted (median of ${TIMES})`,
      rows,
    };
  } finally {
    await context.close();
  }
}

const INTERACTIONS: readonly Interaction[] = [
  {
    what: 'a click on a template: its form',
    async inPage(page) {
      await page.evaluate(() => {
        sessionStorage.clear();
        location.hash = '#/';
      });
      const link = page.getByRole('link', { name: 'Run for Life' });
      await link.waitFor();
      return timeOf(page, { event: 'click', selector: 'main form input[type=file]' }, () => link.click());
    },
    inPlain: (plain) =>
      timeOf(plain, { event: 'click', selector: 'button' }, () => plain.getByRole('button').click()),
  },
  {
    what: 'a key in the field of a text',
    async inPage(page) {
      const field = page.getByLabel(/^Text/);
      await field.focus();
      return timeOf(page, { event: 'keydown', selector: 'main form input' }, () => page.keyboard.press('a'));
    },
    async inPlain(plain) {
      await plain.locator('input').focus();
      return timeOf(plain, { event: 'keydown', selector: 'input' }, () => plain.keyboard.press('a'));
    },
  },
  {
    what: 'another status in the filter: 50 videos, with their request',
    async inPage(page) {
      await page.evaluate(() => {
        location.hash = '#/videos?status=succeeded';
      });
      await page.locator('td .succeeded').nth(40).waitFor();
      const awaited = { event: 'change', selector: 'td .failed', count: 50 };
      return timeOf(page, awaited, () => page.getByLabel('Status').selectOption('failed').then());
    },
    async inPlain(plain) {
      await plain.evaluate(() => document.querySelector('tbody')?.replaceChildren());
      return timeOf(plain, { event: 'click', selector: 'tbody tr', count: 50 }, () =>
        plain.getByRole('button').click(),
      );
    },
  },
];

async function timeOf(
  page: Page,
  awaited: Parameters<typeof watchNext>[0],
  act: () => Promise<unknown>,
): Promise<number> {
  await page.evaluate(watchNext, awaited);
  await act();
  return page.evaluate(() => window.painted ?? Number.NaN);
}
