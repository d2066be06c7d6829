import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const WIDTH = 1000;
const QUALITY = 0.8;

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Takes pictures of a page in one theme. */
export interface Camera extends AsyncDisposable {
  readonly page: Page;
  /** @returns the visible part of the page, as WebP */
  take(): Promise<Buffer>;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: FLAGS });
}

/** @param height of the window, in pixels */
export async function openCamera(browser: Browser, theme: Theme, height: number): Promise<Camera> {
  const context = await browser.newContext({
    viewport: { width: WIDTH, height },
    colorScheme: theme,
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  const page = await context.newPage();
  return {
    page,
    take: async () => toWebp(context, await page.screenshot({ animations: 'disabled', caret: 'hide' })),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Playwright writes no WebP, and Chromium does. The view with a video had 190 kB as PNG, and 31 kB as WebP. */
async function toWebp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const base64 = await page.evaluate<string>(`(async () => {
    const png = await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob();
    const picture = await createImageBitmap(png);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d').drawImage(picture, 0, 0);
    const webp = await canvas.convertToBlob({ type: 'image/webp', quality: ${QUALITY} });
    return new Uint8Array(await webp.arrayBuffer()).toBase64();
  })()`);
  await page.close();
  return Buffer.from(base64, 'base64');
}
