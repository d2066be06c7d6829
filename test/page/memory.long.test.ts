import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasChromium, launchChromium } from '../harness/chromium.ts';
import { useFastClock } from './fast-clock.ts';
import { createMeasure, type Held, leastOf, mostOf } from './held.ts';
import { type MadeUpService, startMadeUpService, WATCHED_VIDEO } from './made-up-service.ts';

/** After so many answers everything is shown that is shown at once: of a history, 30 visits. */
const EARLY = 20;
const SAMPLES = 4;

describe.skipIf(!hasChromium)('a page that is open for long', () => {
  let service: MadeUpService;
  let browser: Browser;
  beforeAll(async () => {
    service = await startMadeUpService();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function openPage(view: string, speed: number): Promise<Page> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.addInitScript(useFastClock, speed);
    await page.goto(`${service.url}/${view}`);
    return page;
  }

  /** @returns what waits for a number of further answers */
  function following(asked: keyof MadeUpService['answers']): (answers: number) => Promise<void> {
    return async (answers) => {
      const until = service.answers[asked] + answers;
      await expect.poll(() => service.answers[asked], { timeout: 120_000 }).toBeGreaterThanOrEqual(until);
    };
  }

  test.each([
    ['a list that changes all the time', '#/videos', { asked: 'list', late: 200, speed: 100 }],
    [
      'a video that is checked all the time',
      `#/videos/${WATCHED_VIDEO}`,
      { asked: 'history', late: 100, speed: 200 },
    ],
  ] as const)('holds no more nodes and listeners for %s', async (_name, view, { asked, late, speed }) => {
    const measure = await createMeasure(await openPage(view, speed));
    const pass = following(asked);
    async function samples(): Promise<readonly Held[]> {
      const all: Held[] = [];
      for (let count = 0; count < SAMPLES; count += 1) {
        all.push(await measure());
        await pass(1);
      }
      return all;
    }
    await pass(EARLY);
    const early = mostOf(await samples());
    expect(early.nodes).toBeGreaterThan(100);
    await pass(late - EARLY);
    // The most that is held for a moment is enough for the rest of the time.
    const { nodes, listeners } = leastOf(await samples());
    expect(nodes).toBeLessThanOrEqual(early.nodes);
    expect(listeners).toBeLessThanOrEqual(early.listeners);
  });

  test('keeps what plays in a row, while others come above it', async () => {
    const page = await openPage('#/videos', 100);
    await page.getByRole('button', { name: 'Play' }).first().waitFor();
    // At once: the list may move before a second call.
    const id = await page.locator('table.videos').evaluate((table) => {
      const button = table.querySelector('button');
      button?.click();
      return button?.closest('tr')?.querySelector('a')?.title;
    });
    await following('list')(5);
    const row = page.locator('tr', { has: page.locator(`a[title="${id}"]`) });
    expect(await row.getByRole('button').getAttribute('aria-expanded')).toBe('true');
  });
});
