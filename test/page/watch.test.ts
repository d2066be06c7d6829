import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { REQUEST } from '../harness/running-service.ts';
import { hasChromium, launchChromium, openSecondTab, openTab, type Tab } from './browser.ts';
import { SITES, type Site } from './sites.ts';

const TEXT_REQUEST = { template_id: '394514820878671878', text_inputs: [{ value: 'At sea' }] };
/** MiniMax never finishes. */
const ENDLESS: Scenario = { queries: ['Processing'] };

describe.skipIf(!hasChromium).each(SITES)('the page %s', (_name, startSite) => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite({ pauseMs: 300 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  const open = (view = '', options = {}) => openTab(browser, site, view, options);
  const creates = (): number => site.running.simulator.creates.length;

  test('shows the present state in the graph of the definition, counts the checks, and what comes next', async () => {
    const { page } = await open(`#/videos/${await site.start(TEXT_REQUEST, ENDLESS)}`);
    await page.locator('.state.here').waitFor();
    const states = await page
      .locator('.graph g.state')
      .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('data-state')));
    expect(states.sort()).toEqual(
      Object.keys(site.running.service.deployment.stateMachine.definition.States).sort(),
    );
    await page.getByText(/asked \d+ times/).waitFor();
    await page
      .getByText(/MiniMax is asked (again|now)/)
      .first()
      .waitFor();
    await page.locator('.timeline').getByText('Check task').first().waitFor();
    const job = page.locator('.timeline details', { hasText: '"minimax_status": "Processing"' }).first();
    await job.locator('summary').click();
    // More visits follow than the page shows at first.
    await expect.poll(() => page.locator('.timeline > li').count()).toBeGreaterThan(35);
    await page.locator('.timeline details[open] pre', { hasText: 'Processing' }).waitFor();
    await page.locator('[aria-live=polite]', { hasText: 'The state is' }).waitFor({ state: 'attached' });
  });

  test('says why a step is tried again', async () => {
    const busy = { code: 1002, message: 'rate limit' };
    const videoId = await site.start(TEXT_REQUEST, { create: busy });
    const { page } = await open(`#/videos/${videoId}`);
    await page.locator('.tries', { hasText: 'MiniMaxBusy' }).waitFor();
    await page.locator('video').waitFor();
  });

  test('cancels after it has said what that does not do', async () => {
    const { page } = await open(`#/videos/${await site.start(TEXT_REQUEST, ENDLESS)}`);
    // Before that there may be no task to adopt.
    await page.getByText(/asked \d+ times/).waitFor();
    const button = page.getByRole('button', { name: 'Stop waiting …' });
    await button.click();
    await page.getByText('MiniMax cannot be stopped').waitFor();
    await page.getByText('MiniMax may still charge for the video: about $1.50').waitFor();
    // Enter keeps waiting.
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await button.click();
    await page.getByRole('button', { name: 'Stop waiting', exact: true }).click();
    await page.locator('.failure', { hasText: 'Cancelled' }).waitFor();
    await page.getByRole('button', { name: /^Adopt the task/ }).waitFor();
  });

  test('adopts the task of a failed video, and creates none', async () => {
    const videoId = await site.start(TEXT_REQUEST, {
      queries: ['Success'],
      downloads: [{ httpStatus: 410 }],
    });
    const { page } = await open(`#/videos/${videoId}`);
    const before = creates();
    await page.locator('.failure', { hasText: 'VideoUnreachable' }).waitFor();
    await page.getByText('MiniMax has charged for it').waitFor();
    await page.getByRole('button', { name: /^Adopt the task/ }).dblclick();
    await page.waitForURL((url) => url.hash.startsWith('#/videos/') && !url.hash.endsWith(videoId));
    await page.locator('.state.seen[data-state="Adopt task"]').waitFor();
    expect(creates()).toBe(before);
  });

  test('offers a new request from a failed one, says that it costs money, and sends it only then', async () => {
    const videoId = await site.start(
      { ...TEXT_REQUEST, metadata: { note: 'my note' } },
      { queries: ['Fail'] },
    );
    const { page } = await open(`#/videos/${videoId}`);
    const before = creates();
    await page.getByRole('link', { name: 'Make a new request from this' }).click();
    await page.getByText('MiniMax charges for it again').waitFor();
    expect(await page.getByLabel(/^Text/).inputValue()).toBe('At sea');
    expect(await page.getByLabel(/^A note/).inputValue()).toBe('my note');
    expect(creates()).toBe(before);
    await page.getByRole('button', { name: /^Make it · about \$1.50/ }).click();
    await page.locator('video').waitFor();
    expect(creates()).toBe(before + 1);
  });

  test('reuses the image of a failed request', async () => {
    const videoId = await site.start(REQUEST, { queries: ['Fail'] });
    const { page } = await open(`#/?from=${videoId}`);
    await page.getByText('The image of the earlier request').waitFor();
    await page.getByRole('button', { name: /^Make it/ }).click();
    await page.locator('video').waitFor();
  });

  test('sends a person to check where nothing else is safe', async () => {
    const videoId = await site.start(TEXT_REQUEST, { create: 'close after the headers' });
    const { page } = await open(`#/videos/${videoId}`);
    await page.locator('.failure', { hasText: 'SubmitOutcomeUnknown' }).waitFor();
    await page.getByText('MiniMax may have charged for it').waitFor();
    await page.getByRole('button', { name: 'Look again' }).waitFor();
    expect(await page.getByRole('link', { name: /new request/ }).count()).toBe(0);
  });

  test('says when the service is not reachable, and goes on by itself', async () => {
    const videoId = await site.start(TEXT_REQUEST, ENDLESS);
    const { page } = await open('#/videos', { expectsErrors: true });
    await page.locator(`a[href="#/videos/${videoId}"]`).waitFor();
    await site.restart(async () => {
      await page.getByText('The service is not reachable. Trying again').waitFor();
    });
    await page.getByText('The service is not reachable').waitFor({ state: 'detached' });
    await site.finish(videoId);
    const row = page.locator('tr', { has: page.locator(`a[href="#/videos/${videoId}"]`) });
    await row.getByText('ready').waitFor();
    await row.getByRole('link').click();
    await page.locator('video').waitFor();
  });

  test('asks once for ten tabs that show the same video', async () => {
    const videoId = await site.start(TEXT_REQUEST, ENDLESS);
    const first = await open(`#/videos/${videoId}`);
    await first.page.locator('.timeline li').first().waitFor();
    const others: Tab[] = [];
    for (let tab = 0; tab < 9; tab += 1)
      others.push(await openSecondTab(first, `${site.inside}#/videos/${videoId}`));
    for (const { page } of others) await page.locator('.timeline li').first().waitFor();
    const asked = others.filter(({ requests }) => requests.some((each) => each.includes(videoId)));
    expect(asked.flatMap(({ requests }) => requests)).toEqual([]);
    expect(first.requests).toContain(`GET /videos/${videoId}/history`);

    // Another tab goes on for the others.
    await first.page.close();
    await expect
      .poll(() => others.some(({ requests }) => requests.includes(`GET /videos/${videoId}`)))
      .toBe(true);
  });
});
