import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { flagsOf } from '../cli/script-flags.ts';
import type { Stage } from './screenshots/stage.ts';

/** A view of the page: its name, its address, and what has to be seen before the picture is taken. */
interface Shot {
  readonly name: string;
  readonly view: (ids: Stage['ids']) => string;
  /** In pixels. @default 700 */
  readonly height?: number;
  readonly prepare: (page: Page) => Promise<unknown>;
}

const SHOTS: readonly Shot[] = [
  {
    name: 'make',
    view: () => '#/',
    prepare: (page) => page.getByRole('img').first().waitFor(),
  },
  {
    name: 'form',
    view: () => '#/?template=393769180141805569',
    height: 1060,
    async prepare(page) {
      await page.getByRole('button', { name: 'Use the sample picture' }).click();
      await page.getByLabel(/^Text/).fill('Lion');
      await page.locator('.preview img').waitFor();
      await page.getByLabel(/^Text/).blur();
    },
  },
  {
    name: 'watch',
    view: ({ running }) => `#/videos/${running}`,
    height: 1400,
    async prepare(page) {
      await page.locator('.timeline li').first().waitFor();
      await page.locator('.state.here[data-state="Wait"]').waitFor();
      await page.getByText(/asked again in/).waitFor();
    },
  },
  {
    name: 'ready',
    view: ({ ready }) => `#/videos/${ready}`,
    height: 1100,
    async prepare(page) {
      await page.locator('video').waitFor();
      await page.evaluate(SHOW_SECOND);
    },
  },
  {
    name: 'failed',
    view: ({ failed }) => `#/videos/${failed}`,
    height: 900,
    async prepare(page) {
      await page.locator('.failure').waitFor();
      await page.locator('.timeline li').first().waitFor();
    },
  },
  {
    name: 'list',
    view: () => '#/videos',
    height: 760,
    prepare: (page) => page.locator('.videos tbody tr').nth(3).waitFor(),
  },
];

/** Without the DOM's types, code for the browser is a text. */
const SHOW_SECOND = `(async () => {
  const video = document.querySelector('video');
  video.muted = true;
  await video.play();
  while (video.currentTime < 2) await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  video.pause();
  video.currentTime = 2;
  while (video.seeking || video.readyState < 4) await new Promise((resolve) => setTimeout(resolve, 100));
  // The controls fade in.
  await new Promise((resolve) => setTimeout(resolve, 1000));
})()`;

/** Writes a picture of each view in each theme, from a service with the simulated MiniMax. */
async function takePictures(): Promise<void> {
  // Imported after the flags are read: the CDK alone takes seconds.
  const { launchBrowser, openCamera, THEMES } = await import('./screenshots/camera.ts');
  const { setStage } = await import('./screenshots/stage.ts');
  await using stage = await setStage();
  await using cleanup = new AsyncDisposableStack();
  const browser = await launchBrowser();
  cleanup.defer(() => browser.close());
  for (const theme of THEMES) {
    for (const { name, view, height = 700, prepare } of SHOTS) {
      // A tab of its own: a form is kept in the session of its tab.
      await using camera = await openCamera(browser, theme, height);
      await camera.page.goto(`${stage.address}${view(stage.ids)}`);
      await prepare(camera.page);
      const picture = await camera.take();
      await writeFile(join(import.meta.dirname, 'screenshots', `${name}-${theme}.webp`), picture);
      console.log(`docs/screenshots/${name}-${theme}.webp  ${(picture.length / 1000).toFixed(1)} kB`);
    }
  }
}

if (import.meta.main) {
  flagsOf({
    name: 'npm run screenshots',
    flags: {},
    summary: 'Writes the pictures of the page, docs/screenshots/*.webp. Needs /usr/bin/chromium.',
  });
  await takePictures();
}
