import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Site } from './sites.ts';

export { hasChromium, launchChromium } from '../harness/chromium.ts';

/** A tab, with everything that it has said and asked for. */
export interface Tab {
  readonly page: Page;
  /** What the page has asked the server for, as in `POST /videos`. */
  readonly requests: readonly string[];
}

export interface TabOptions extends BrowserContextOptions {
  /** Errors of the network that the test causes. @default none */
  readonly expectsErrors?: boolean;
}

/** Opens an address in a browser of its own. At the end of the test, the page must have had no error and asked no other host. */
export async function openTab(
  browser: Browser,
  { address, inside }: Pick<Site, 'address' | 'inside'>,
  view = '',
  options: TabOptions = {},
): Promise<Tab> {
  const { expectsErrors = false, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...rest });
  // A deployed service asks to be asked again in half a minute.
  context.setDefaultTimeout(100_000);
  onTestFinished(() => context.close());
  const tab = follow(await context.newPage(), inside, expectsErrors);
  if (address !== inside) await visit(tab, address);
  return visit(tab, `${inside}${view}`);
}

/** Another tab of the same browser. */
export async function openSecondTab({ page }: Tab, address: string): Promise<Tab> {
  return visit(follow(await page.context().newPage(), address, false), address);
}

async function visit(tab: Tab, address: string): Promise<Tab> {
  await tab.page.goto(address);
  await tab.page.waitForSelector('#app h1');
  return tab;
}

function follow(page: Page, address: string, expectsErrors: boolean): Tab {
  const { origin } = new URL(address);
  const requests: string[] = [];
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol === 'blob:' || url.protocol === 'data:') return;
    if (url.origin !== origin) foreign.push(request.url());
    requests.push(`${request.method()} ${url.pathname.replace(/^\/[\w-]{22}(?=\/)/, '')}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const isNetwork = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !(expectsErrors && isNetwork)) complaints.push(message.text());
  });
  onTestFinished(() => {
    expect(foreign, 'no request to another host').toEqual([]);
    expect(complaints, 'no error in the page').toEqual([]);
  });
  return { page, requests };
}
