import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT } from '../docs/markdown.ts';
import { pngOf } from '../harness/images.ts';
import { hasChromium, launchChromium, openTab } from './browser.ts';
import { SITES, type Site } from './sites.ts';

const PET = join(PROJECT, 'local', 'simulator', 'pet.jpg');
/** "Run for Life": a photo of a pet and a text. */
const RUN_FOR_LIFE = '#/?template=393769180141805569';
/** "Anime Life Sim": a text alone. */
const ANIME = '#/?template=394514820878671878';

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel(/^Text/).fill(text);
}

const submitButton = (page: Page) => page.getByRole('button', { name: /^Make it/ });

describe.skipIf(!hasChromium).each(SITES)('the page %s', (_name, startSite) => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await startSite({ pauseMs: 50 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  const open = (view = '', options = {}) => openTab(browser, site, view, options);
  const creates = (): number => site.running.simulator.creates.length;

  test('makes a video of an image and a text, shows its way, plays it, and lists it', async () => {
    const before = creates();
    const { page } = await open();
    await page.getByRole('link', { name: 'Run for Life' }).click();
    await page.locator('input[type=file]').setInputFiles(PET);
    await page.getByText('pet.jpg, 8.7 kB').first().waitFor();
    await write(page, 'Lion');
    await submitButton(page).click();

    await page.locator('video').waitFor();
    const played = await page.locator('video').evaluate(async (video: HTMLVideoElement) => {
      await video.play();
      await new Promise((resolve) => video.addEventListener('timeupdate', resolve, { once: true }));
      return { duration: video.duration, isMoving: video.currentTime > 0 };
    });
    expect(played).toEqual({ duration: 5, isMoving: true });
    expect(creates()).toBe(before + 1);
    expect(site.running.simulator.creates.at(-1)?.body).toMatchObject({
      template_id: '393769180141805569',
      text_inputs: [{ value: 'Lion' }],
    });

    const videoId = page.url().split('/').at(-1) ?? '';
    await page.reload();
    await page.locator('video').waitFor();
    await page.getByRole('link', { name: 'Your videos' }).click();
    await page.locator(`a[href="#/videos/${videoId}"]`).waitFor();
    await page.getByLabel('Status').selectOption('failed');
    await page.locator(`a[href="#/videos/${videoId}"]`).waitFor({ state: 'detached' });
    await page.getByLabel('Status').selectOption('succeeded');
    await page.locator(`a[href="#/videos/${videoId}"]`).waitFor();
    await page.getByRole('button', { name: 'Play' }).first().click();
    await page.locator('video').waitFor();
    expect(creates()).toBe(before + 1);
  });

  test('checks an image before anything is sent', async () => {
    const { page, requests } = await open(RUN_FOR_LIFE);
    const cases = [
      ['a.png', pngOf(300, 400), 'its short side must have more than 300'],
      ['b.png', pngOf(301, 753), 'its shape must be from 2:5 to 5:2'],
      ['c.png', Buffer.from('%PDF-1.7 and so on'), 'is not a JPEG, PNG or WebP image'],
      ['<img src=x onerror=alert(1)>.png', Buffer.alloc(20_000_000), 'MiniMax accepts images under 20000000'],
    ] as const;
    for (const [name, buffer, why] of cases) {
      await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer });
      await page.getByRole('alert').filter({ hasText: why }).waitFor();
      await write(page, 'Lion');
      await submitButton(page).click();
    }
    expect(requests.filter((each) => each.startsWith('POST'))).toEqual([]);
  });

  test('says what is missing, and shows the price on the button', async () => {
    const { page, requests } = await open(RUN_FOR_LIFE);
    await page.getByRole('button', { name: 'Make it · about $0.45' }).click();
    await page.getByText('Choose an image first.').first().waitFor();
    await page.getByRole('button', { name: 'Use the sample picture' }).click();
    await page.getByText('pet.jpg, 8.7 kB').first().waitFor();
    await submitButton(page).click();
    await page.getByText('Write a kind of wild beast first.').first().waitFor();
    expect(requests.filter((each) => each.startsWith('POST'))).toEqual([]);
  });

  test('takes an image that is pasted or dropped', async () => {
    const { page } = await open(RUN_FOR_LIFE);
    const bytes = pngOf(301, 301).toString('base64');
    for (const how of ['paste', 'drop'] as const) {
      await page.evaluate(
        ([kind = '', base64 = '']) => {
          const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([content], `${kind}.png`, { type: 'image/png' }));
          const event =
            kind === 'paste'
              ? new ClipboardEvent('paste', { clipboardData: files, bubbles: true })
              : new DragEvent('drop', { dataTransfer: files, bubbles: true });
          document.querySelector('.drop')?.dispatchEvent(event);
        },
        [how, bytes],
      );
      await page.getByText(`${how}.png`).first().waitFor();
    }
  });

  test('pays once for a double click', async () => {
    const before = creates();
    const { page } = await open(ANIME);
    await write(page, 'A double click');
    await submitButton(page).dblclick();
    await page.locator('video').waitFor();
    expect(creates()).toBe(before + 1);
  });

  test('pays once where the answer is lost, and where the page is loaded again before it comes', async () => {
    const before = creates();
    const { page } = await open(ANIME, { expectsErrors: true });
    let posts = 0;
    await page.route('**/videos', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      posts += 1;
      if (posts > 2) return route.continue();
      // The service has the request, and its answer does not arrive.
      await route.fetch();
      if (posts === 1) await route.abort();
      return undefined;
    });
    await write(page, 'A lost answer');
    await submitButton(page).click();
    await expect.poll(() => posts).toBe(2);
    await page.reload();
    await page.locator('video').waitFor();
    expect(posts).toBe(3);
    expect(creates()).toBe(before + 1);
  });

  test('keeps the key of a request that may have been accepted, after each later answer', async () => {
    const before = creates();
    const { page } = await open(ANIME, { expectsErrors: true });
    let isLost = true;
    let status = 403;
    await page.route('**/videos', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      if (!isLost && status === 200) return route.continue();
      if (isLost) {
        await route.fetch();
        return route.abort();
      }
      return route.fulfill({ status, contentType: 'application/json', body: '{"message":"Forbidden"}' });
    });
    await write(page, 'A lost answer, and then a rejection');
    await submitButton(page).click();
    const again = page.getByRole('button', { name: 'Send it again, with the same key' });
    await again.waitFor();
    const key = await page.getByText(/^Its key: /).textContent();
    isLost = false;
    for (status of [403, 400, 422]) {
      await again.click();
      await page
        .getByRole('alert')
        .filter({ hasText: String(status) })
        .waitFor();
      await again.waitFor();
    }
    // Another tab, another form and a reload keep it in sight.
    await page.goto(`${site.inside}#/?template=393769180141805569`);
    await page.reload();
    await again.waitFor();
    expect(await page.getByText(/^Its key: /).textContent()).toBe(key);
    status = 200;
    await again.click();
    await page.locator('video').waitFor();
    expect(creates()).toBe(before + 1);
    await page.goto(`${site.inside}#/`);
    await page.locator('.templates').waitFor();
  });

  test('keeps the key where something on the way rejects a request that the service has accepted', async () => {
    for (const status of [404, 408, 409, 422]) {
      const before = creates();
      const { page } = await open(ANIME, { expectsErrors: true });
      let isLying = true;
      await page.route('**/videos', async (route) => {
        if (route.request().method() !== 'POST' || !isLying) return route.continue();
        await route.fetch();
        return route.fulfill({ status, contentType: 'text/html', body: '<h1>No</h1>' });
      });
      await write(page, `A lie of ${status}`);
      await submitButton(page).click();
      const again = page.getByRole('button', { name: 'Send it again, with the same key' });
      await again.waitFor();
      isLying = false;
      await again.click();
      await page.locator('video').waitFor();
      expect([status, creates()]).toEqual([status, before + 1]);
    }
  });

  test('sends nothing for a person who leaves the form while its image is sent', async () => {
    const { page, requests } = await open(RUN_FOR_LIFE, { expectsErrors: true });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/uploads', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: 'Use the sample picture' }).click();
    await page.getByText('pet.jpg, 8.7 kB').first().waitFor();
    await write(page, 'Lion');
    await submitButton(page).click();
    await page.getByRole('button', { name: 'Sending …' }).waitFor();
    await page.getByRole('link', { name: 'Your videos' }).click();
    await page.getByRole('heading', { name: 'Your videos' }).waitFor();
    release();
    await page.getByRole('link', { name: 'Make a video' }).click();
    await page.locator('.templates').waitFor();
    expect(requests.filter((each) => each === 'POST /videos')).toEqual([]);
  });

  test('makes a video with the keyboard alone', async () => {
    const { page } = await open();
    await page.waitForSelector('.templates');
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null;
          return `${element?.labels?.[0]?.textContent ?? ''} ${element?.textContent ?? ''}`;
        });
        if (name.test(focused)) return;
      }
      throw new Error(`Tab does not lead to ${name}.`);
    };
    await tabTo(/Anime Life Sim/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Anime Life Sim' }).waitFor();
    await tabTo(/^Text/);
    await page.keyboard.type('With keys');
    await tabTo(/^\s*Make it/);
    await page.keyboard.press('Enter');
    await page.locator('video').waitFor();
    expect(site.running.simulator.creates.at(-1)?.body).toMatchObject({
      text_inputs: [{ value: 'With keys' }],
    });
  });

  test('sends nothing again to another service at the same address', async () => {
    const before = creates();
    const { page } = await open(ANIME, { expectsErrors: true });
    await page.route('**/videos', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      return route.abort();
    });
    await write(page, 'For the first service alone');
    await submitButton(page).click();
    const again = page.getByRole('button', { name: 'Send it again, with the same key' });
    await again.waitFor();
    await expect.poll(creates).toBe(before + 1);
    await page.unroute('**/videos');
    await site.restart(async () => {
      for (const name of ['objects', 'objects-state'])
        await rm(join(site.folder, name), { recursive: true, force: true });
    });
    await again.click();
    await page.getByRole('alert').filter({ hasText: 'loaded for another service' }).first().waitFor();
    expect(creates()).toBe(before + 1);
    expect(site.running.service.engine.executions.size).toBe(0);
  });
});
