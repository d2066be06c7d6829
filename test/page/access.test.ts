import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { pngOf } from '../harness/images.ts';
import { hasChromium, launchChromium, openTab } from './browser.ts';
import { type Site, startLocalSite } from './sites.ts';

const TEXT_REQUEST = { template_id: '394514820878671878', text_inputs: [{ value: 'At sea' }] };
const ANIME = '#/?template=394514820878671878';
const RUN_FOR_LIFE = '#/?template=393769180141805569';
/** MiniMax never finishes. */
const ENDLESS: Scenario = { queries: ['Processing'] };
/** Nothing moves, so that axe sees every color as it is. */
const STILL = { bypassCSP: true, reducedMotion: 'reduce', expectsErrors: true } as const;

let site: Site;
let browser: Browser;

function start(script: Scenario): Promise<string> {
  return site.start(TEXT_REQUEST, script);
}

async function startAndEnd(script: Scenario = {}): Promise<string> {
  const videoId = await start(script);
  await site.running.endOf(videoId);
  return videoId;
}

interface View {
  /** The fragment of the address, once what it shows is there. */
  readonly address: () => string | Promise<string>;
  /** Brings the view into its state. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** The empty list comes first, while there is no video. */
const VIEWS: Readonly<Record<string, View>> = {
  'the empty list': {
    address: () => '#/videos',
    prepare: (page) => page.getByText('There are no videos yet.').waitFor(),
  },
  'the templates': {
    address: () => '#/',
    prepare: (page) => page.getByRole('heading', { name: 'Templates' }).waitFor(),
  },
  'a form with an image and an error': {
    address: () => RUN_FOR_LIFE,
    async prepare(page) {
      const file = { name: 'a.png', mimeType: 'image/png', buffer: pngOf(301, 301) };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByText('a.png').first().waitFor();
      await page.getByRole('button', { name: /^Make it/ }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'a form with an image that is wrong': {
    address: () => RUN_FOR_LIFE,
    async prepare(page) {
      const file = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no image') };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('alert').waitFor();
    },
  },
  'a form whose outcome is unknown': {
    address: () => ANIME,
    async prepare(page) {
      // An answer that is none.
      await page.route('**/videos', (route) => route.fulfill({ status: 202, json: {} }));
      await page.getByLabel(/^Text/).fill('A lost answer');
      await page.getByRole('button', { name: /^Make it/ }).click();
      await page.getByRole('button', { name: 'Send it again, with the same key' }).waitFor();
    },
  },
  'a running video': {
    address: async () => `#/videos/${await start(ENDLESS)}`,
    prepare: (page) => page.locator('.state.here').waitFor(),
  },
  'the question before a cancel': {
    address: async () => `#/videos/${await start(ENDLESS)}`,
    async prepare(page) {
      await page.getByRole('button', { name: 'Stop waiting …' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'a failed video': {
    address: async () => `#/videos/${await startAndEnd({ queries: ['Fail'] })}`,
    async prepare(page) {
      await page.locator('.failure').waitFor();
      await page.locator('.graph').waitFor();
      for (const closed of await page.locator('summary').all()) await closed.click();
    },
  },
  'a ready video': {
    address: async () => `#/videos/${await startAndEnd()}`,
    async prepare(page) {
      await page.locator('video').waitFor();
      await page.locator('.graph').waitFor();
    },
  },
  'a video that does not exist': {
    address: () => '#/videos/unknown',
    prepare: (page) => page.getByRole('alert').waitFor(),
  },
  'the list': {
    address: () => '#/videos',
    prepare: (page) => page.locator('.videos tbody tr').first().waitFor(),
  },
  'the list with a player': {
    address: () => '#/videos?status=succeeded',
    async prepare(page) {
      await page.getByRole('button', { name: 'Play' }).first().click();
      await page.locator('video').waitFor();
    },
  },
};

/** What axe finds that keeps people from using a view. */
async function findingsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { readonly axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** The elements that are wider than the window. */
function excessOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('#app *')].filter(
      (each) => each.getBoundingClientRect().right > width,
    );
    return ['too wide', ...wide.map(({ outerHTML }) => outerHTML.slice(0, 100))];
  });
}

describe.skipIf(!hasChromium)('the page', () => {
  beforeAll(async () => {
    site = await startLocalSite({ pauseMs: 50 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test.each(Object.entries(VIEWS))(
    'can be used by everyone, and on a phone: %s',
    async (_name, { address, prepare }) => {
      const { page } = await openTab(browser, site, await address(), STILL);
      await prepare?.(page);
      await page.evaluate(axe.source);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findingsOf(page)).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await excessOf(page)).toEqual([]);
      expect(await findingsOf(page)).toEqual([]);
      expect(await page.locator('#app h1').count()).toBe(1);
    },
  );

  test('has other colors in the dark, and axe sees one that is wrong', async () => {
    const { page } = await openTab(browser, site, '#/', STILL);
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).not.toBe(light);
    await page.evaluate(axe.source);
    await page.addStyleTag({ content: ':root { --ink: #20262f !important }' });
    expect(await findingsOf(page)).not.toEqual([]);
  });

  test('moves nothing for those who do not want it', async () => {
    const view = `#/videos/${await start(ENDLESS)}`;
    const running = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page } = await openTab(browser, site, view, { reducedMotion });
      await page.locator('.state.here').waitFor();
      return page.evaluate(() => document.getAnimations().length);
    };
    expect(await running('no-preference')).toBeGreaterThan(0);
    expect(await running('reduce')).toBe(0);
  });

  test('tells a screen reader of each state, and of the end', async () => {
    const videoId = await start(ENDLESS);
    const { page } = await openTab(browser, site, `#/videos/${videoId}`);
    const region = page.locator('[aria-live=polite]');
    await region
      .filter({ hasText: 'Status: MiniMax is making it. The state is' })
      .waitFor({ state: 'attached' });
    await site.finish(videoId);
    await region.filter({ hasText: /^Status: ready\.$/ }).waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Your videos' }).click();
    await region
      .filter({ hasText: /videos on this page, \d+ of them running\./ })
      .waitFor({ state: 'attached' });
  });

  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

  test('has a first stop that skips to the content, which has the focus after a change of the view', async () => {
    const { page } = await openTab(browser, site);
    await page.getByRole('heading', { name: 'Templates' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Skip to the content' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('main');
    expect(await page.title()).toBe('Make a video · Template Video');

    for (const [link, title] of [
      ['Your videos', 'Your videos · Template Video'],
      ['Make a video', 'Make a video · Template Video'],
    ] as const) {
      await page.getByRole('link', { name: link }).focus();
      await page.keyboard.press('Enter');
      await page.locator('#main:focus').waitFor();
      await page.getByRole('link', { name: link }).and(page.locator('[aria-current=page]')).waitFor();
      expect(await page.title()).toBe(title);
    }
  });

  test('closes its question with Escape, cancels nothing then, and gives the focus back', async () => {
    const videoId = await start(ENDLESS);
    const { page, requests } = await openTab(browser, site, `#/videos/${videoId}`);
    const button = page.getByRole('button', { name: 'Stop waiting …' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Stop waiting for this video?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await button.and(page.locator(':focus')).waitFor();
    expect(requests.filter((each) => each.startsWith('DELETE'))).toEqual([]);
    expect(site.running.service.engine.executions.get(videoId)?.status).toBe('RUNNING');
  });
});
