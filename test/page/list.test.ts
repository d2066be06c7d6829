import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium, openTab } from './browser.ts';
import { ANIME, idOf, ODD, writeVideos } from './many-videos.ts';
import { SITES, type Site } from './sites.ts';

const COUNT = 1000;
const TEXT_REQUEST = { template_id: ANIME, text_inputs: [{ value: 'At sea' }] };

const rows = (page: Page) => page.locator('.videos tbody tr');
const pageName = (page: Page, number: number) => page.getByRole('navigation', { name: `Page ${number}` });

/** The ids of the rows that are shown. */
function idsIn(page: Page): Promise<readonly (string | null)[]> {
  return page
    .locator('.videos tbody th a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('title')));
}

describe.skipIf(!hasChromium).each(SITES)('the list %s', (_name, startSite) => {
  let site: Site;
  let browser: Browser;
  let broken: number;
  beforeAll(async () => {
    site = await startSite({ pauseMs: 50 });
    browser = await launchChromium();
    broken = await writeVideos(site.running, site.owner, COUNT);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  const open = async (query = ''): Promise<Page> => {
    const { page } = await openTab(browser, site, `#/videos${query}`, { timezoneId: 'UTC' });
    return page;
  };

  test('shows each of a thousand videos once, page by page, and does without those that are broken', async () => {
    const page = await open();
    const seen: (string | null)[] = [];
    for (let number = 1; ; number += 1) {
      await pageName(page, number).waitFor();
      await rows(page).first().waitFor();
      seen.push(...(await idsIn(page)));
      const older = page.getByRole('link', { name: 'Older' });
      if ((await older.count()) === 0) break;
      await older.click();
    }
    const all = Array.from({ length: COUNT }, (_, number) => idOf(COUNT - 1 - number));
    expect(seen.filter((id) => id?.startsWith('old-'))).toEqual(all);
    expect(seen.filter((id) => id?.startsWith('broken-'))).toHaveLength(Object.keys(ODD).length);
    expect(broken).toBeGreaterThan(3);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  test('keeps its page over a reload, and goes back and forth with the browser', async () => {
    const page = await open();
    await pageName(page, 1).waitFor();
    const first = await idsIn(page);
    await page.getByRole('link', { name: 'Older' }).click();
    await pageName(page, 2).waitFor();
    await expect.poll(async () => (await idsIn(page)).length).toBeGreaterThan(40);
    const second = await idsIn(page);
    expect(second).not.toContain(first[0]);
    await page.reload();
    await pageName(page, 2).waitFor();
    await expect.poll(() => idsIn(page)).toEqual(second);
    await page.goBack();
    await pageName(page, 1).waitFor();
    await expect.poll(() => idsIn(page)).toEqual(first);
    await page.goForward();
    await expect.poll(() => idsIn(page)).toEqual(second);
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(() => idsIn(page)).toEqual(first);
  });

  test('has the newest videos of the filters that are set, and keeps them in the address', async () => {
    const page = await open();
    await page.getByLabel('Status').selectOption('failed');
    await expect.poll(async () => (await idsIn(page))[0]).toBe('old-0990');
    for (const text of await rows(page).locator('.status').allTextContents())
      expect(text).toContain('failed');
    await page.getByLabel('Template').selectOption({ label: 'Run for Life' });
    await expect.poll(async () => (await idsIn(page)).slice(0, 2)).toEqual(['old-0980', 'old-0960']);
    await page.getByLabel('To this day').fill('2026-10-02');
    await expect.poll(() => idsIn(page)).toEqual(['old-0040', 'old-0020', 'old-0000']);
    await page.getByLabel('From this day').fill('2026-10-02');
    await expect.poll(() => idsIn(page)).toEqual(['old-0040']);
    await page.reload();
    await expect.poll(() => idsIn(page)).toEqual(['old-0040']);
    expect(await page.getByLabel('From this day').inputValue()).toBe('2026-10-02');
    expect(await page.getByLabel('To this day').inputValue()).toBe('2026-10-02');
    expect(await page.getByLabel('Status').inputValue()).toBe('failed');
    await page.getByLabel('Status').selectOption('cancelled');
    await page.getByText('No video fits these filters.').waitFor();
    await page.goBack();
    await expect.poll(() => idsIn(page)).toEqual(['old-0040']);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await pageName(page, 1).waitFor();
    expect(new URL(page.url()).hash).toBe('#/videos?');
    expect(await page.getByLabel('Status').inputValue()).toBe('');
  });

  test('goes to the next page of its filters', async () => {
    const page = await open('?status=succeeded');
    await pageName(page, 1).waitFor();
    expect((await idsIn(page)).slice(0, 2)).toEqual(['old-0999', 'old-0998']);
    await page.getByRole('link', { name: 'Older' }).click();
    await pageName(page, 2).waitFor();
    expect(new URL(page.url()).hash).toMatch(/^#\/videos\?status=succeeded&cursor=[^&]+&page=2$/);
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(async () => (await idsIn(page))[0]).toBe('old-0999');
    expect(new URL(page.url()).hash).toBe('#/videos?status=succeeded');
  });

  test('says what is wrong with a metadata filter, in its own words or those of the service', async () => {
    const { page } = await openTab(browser, site, '#/videos', { expectsErrors: true });
    await rows(page).first().waitFor();
    const field = page.getByLabel(/^By metadata/);
    await field.fill('order');
    await field.blur();
    await page.getByRole('alert').filter({ hasText: 'Write a key, then =, then its value.' }).waitFor();
    expect(await field.inputValue()).toBe('order');
    await field.fill('order=17');
    await field.blur();
    await page.getByRole('alert').filter({ hasText: 'metadata.order' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await rows(page).first().waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  test('says what a video has cost, and how long it took', async () => {
    const page = await open('?after=2026-10-02&before=2026-10-02&template=393769180141805569');
    const row = rows(page).filter({ has: page.getByTitle('old-0028', { exact: true }) });
    await row.waitFor();
    expect(await row.locator('td').allTextContents()).toEqual([
      '✔ ready',
      expect.stringMatching(/^Oct 2, 2026, 4:00:00/),
      '2 min 5 s',
      'about $0.45, charged',
      '',
    ]);
    const failed = rows(page).filter({ has: page.getByTitle('old-0040', { exact: true }) });
    expect((await failed.locator('td').allTextContents()).slice(0, 1)).toEqual([
      '✘ failed MiniMax judged the content sensitive',
    ]);
    expect(await failed.getByText('not charged').count()).toBe(1);
  });

  test('moves a running video to its end by itself, and plays it in its place', async () => {
    const videoId = await site.start(TEXT_REQUEST, { queries: ['Processing'] });
    const page = await open();
    const row = rows(page).filter({ has: page.getByTitle(videoId, { exact: true }) });
    await row.getByText('running').waitFor();
    await site.finish(videoId);
    await row.getByText('ready').waitFor();
    await row.getByRole('button', { name: 'Play' }).click();
    const played = await page.locator('video').evaluate(async (video: HTMLVideoElement) => {
      await video.play();
      return video.duration;
    });
    expect(played).toBe(5);
    await row.getByRole('button', { name: 'Hide the video' }).click();
    await page.locator('video').waitFor({ state: 'detached' });
  });

  test('finds a video by its id, and says which can be none', async () => {
    const videoId = await site.start(TEXT_REQUEST, { queries: ['Processing'] });
    const { page } = await openTab(browser, site, '#/videos', { expectsErrors: true });
    const field = page.getByLabel('Open a video by its id');
    for (const bad of ['', '..', 'a b', '<img src=x>', 'a/b', 'x'.repeat(81)]) {
      await field.fill(bad);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('alert').filter({ hasText: 'This can be no id of a video.' }).waitFor();
      expect(new URL(page.url()).hash).toBe('#/videos');
    }
    await field.fill(`  ${videoId} `);
    await field.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Anime Life Sim' }).waitFor();
    expect(new URL(page.url()).hash).toBe(`#/videos/${videoId}`);
    await page.goBack();
    await field.fill('unknown-video');
    await field.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByRole('heading', { level: 1, name: 'The video' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/videos/unknown-video');
  });
});

/** A broken video that the service itself gives out, as another release may. */
test.skipIf(!hasChromium)('the list shows what it can of videos of an unknown form', async () => {
  const [[, startSite]] = SITES as [(typeof SITES)[number]];
  const site = await startSite({ pauseMs: 50 });
  const browser = await launchChromium();
  try {
    await writeVideos(site.running, site.owner, 3);
    const { page } = await openTab(browser, site);
    const odd = [
      { video_id: 'odd-1', status: 'exploded' },
      { video_id: 'odd-2', status: 'constructor', created_at: 5, cost: null, error: {}, metadata: 'x' },
      {
        video_id: 'odd-3',
        status: 'succeeded',
        template_id: { a: 1 },
        created_at: null,
        video: 7,
        cost: 'x',
      },
      { video_id: '', status: '', finished_at: 'later', cost: { estimated_usd: 'much', money_spent: {} } },
      { video_id: 'odd-3', status: 'failed', error: { title: ['a'], money_spent: 5 } },
    ];
    await page.route(/\/videos\?/, async (route) => {
      const answer = await route.fetch();
      const { videos } = await answer.json();
      await route.fulfill({ response: answer, json: { videos: [...odd, ...videos] } });
    });
    await page.getByRole('link', { name: 'Your videos' }).click();
    await page.getByTitle('old-0002').waitFor();
    expect(await idsIn(page)).toEqual([
      ...odd.map(({ video_id }) => video_id),
      'broken-8',
      'broken-7',
      'broken-6',
      'broken-5',
      'old-0002',
      'old-0001',
      'old-0000',
    ]);
  } finally {
    await browser.close();
    await site.stop();
  }
});
