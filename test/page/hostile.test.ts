import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { pngOf } from '../harness/images.ts';
import { hasChromium, launchChromium, openTab } from './browser.ts';
import { SITES, type Site } from './sites.ts';

const ANIME = '394514820878671878';
const HOSTILE = [
  '<img src=x onerror="window.hit=1">',
  '"><script>window.hit=1</script>',
  '<svg onload=window.hit=1>',
  'javascript:window.hit=1',
  '{{constructor.constructor("window.hit=1")()}}',
  '\u202Egpj.exe\u202C \u2066\u200B',
  'a\u0001\u001b[31mb',
  '__proto__',
  '𝕏'.repeat(2_500),
  'W'.repeat(10_000),
] as const;
/** All of them in one text. */
const ALL = HOSTILE.join(' ');

/** Nothing of a text was run, and nothing is wider than the window. */
async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hit: 'hit' in window,
    scripts: document.querySelectorAll('#app script, #app iframe, #app [onerror], #app [onload]').length,
    foreign: [...document.querySelectorAll('#app img')].filter((each) => each.getAttribute('src') === 'x')
      .length,
    excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(found).toEqual({ hit: false, scripts: 0, foreign: 0, excess: 0 });
}

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

  /** On a phone, where a dialog or a second page is a failure. */
  async function open(view = '', options = {}): Promise<Page> {
    const { page } = await openTab(browser, site, view, {
      viewport: { width: 360, height: 740 },
      ...options,
    });
    page.on('dialog', (dialog) => {
      void page.evaluate(() => Object.assign(window, { hit: 1 }));
      void dialog.dismiss();
    });
    return page;
  }

  async function startAndEnd(body: object, script: Scenario = {}): Promise<string> {
    const videoId = await site.start(body, script);
    await site.running.endOf(videoId);
    return videoId;
  }

  test('shows hostile notes, texts and reasons of MiniMax as text', async () => {
    const note = ALL.slice(0, 10_000);
    const videoId = await startAndEnd(
      {
        template_id: ANIME,
        text_inputs: [{ value: HOSTILE[0] }],
        metadata: { note, [HOSTILE[0]]: HOSTILE[1] },
      },
      { create: { code: 1026, message: `${HOSTILE[0]} ${HOSTILE[1]}` } },
    );
    const page = await open(`#/videos/${videoId}`);
    await page.locator('.failure').waitFor();
    await page.locator('dd', { hasText: HOSTILE[0] }).waitFor();
    await page.locator('pre', { hasText: 'onerror' }).first().waitFor({ state: 'attached' });
    for (const closed of await page.locator('summary').all()) await closed.click();
    await expectInert(page);

    await page.getByRole('link', { name: 'Make a new request from this' }).click();
    const field = page.getByLabel(/^A note/);
    await field.waitFor();
    // A field of one line has no line breaks, and NUL and the others stay as they are.
    expect(await field.inputValue()).toBe(note);
    expect(await page.getByLabel(/^Text/).inputValue()).toBe(HOSTILE[0]);
    await expectInert(page);

    await page.getByRole('link', { name: 'Your videos' }).click();
    await page.getByTitle(videoId).waitFor();
    await expectInert(page);
  });

  test('shows hostile templates in the form, the list and its filter', async () => {
    const page = await open();
    for (const template of HOSTILE.map((each) => each.slice(0, 3000))) {
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        `#/?${new URLSearchParams({ template })}`,
      );
      await page
        .getByRole('heading', { level: 1, name: template.trim().slice(0, 20).replaceAll(/\s+/g, ' ') })
        .waitFor();
      await expectInert(page);
    }
    await page.goto(`${site.inside}#/videos?${new URLSearchParams({ template: 'W'.repeat(3000) })}`);
    await page.getByRole('heading', { name: 'Your videos' }).waitFor();
    await expectInert(page);
  });

  test('shows the names of files as text, however long they are', async () => {
    const page = await open('#/?template=393769180141805569');
    const input = page.locator('input[type=file]');
    for (const name of [...HOSTILE.filter((each) => each.length < 200), `${'W'.repeat(2000)}.png`]) {
      for (const buffer of [pngOf(301, 301), Buffer.from('<svg onload=alert(1)>')]) {
        await input.setInputFiles({ name, mimeType: 'image/png', buffer });
        await page.locator('.preview').waitFor();
        await expectInert(page);
        await page.getByRole('button', { name: 'Remove the image' }).click();
      }
    }
  });

  test.each([
    '#/videos/%2e%2e',
    '#/videos/..',
    '#/videos/%00',
    '#/videos/%ff',
    '#/videos/<img src=x onerror=window.hit=1>',
    '#/videos?status=exploded&template=%3Cscript%3E&cursor=%3Cimg%3E&page=-1',
    '#/videos?after=soon&before=%3Cimg%20src=x%3E',
    '#/videos?metadata=__proto__%3Dx',
    '#/?from=%2e%2e',
    '#/?from=__proto__',
    '#/?template=__proto__',
    '#/?__proto__[hit]=1&constructor[prototype][hit]=1',
    '#javascript:window.hit=1',
    '#/%',
    '#/…',
  ])('has a view for the address %s', async (given) => {
    const hash = given.replace('…', 'a/'.repeat(5_000));
    const page = await open(hash, { expectsErrors: true });
    expect(await page.locator('#app h1').count()).toBe(1);
    await expectInert(page);
    await page.getByRole('link', { name: 'Make a video' }).click();
    await page.getByRole('heading', { level: 1, name: 'Make a video' }).waitFor();
  });

  test('has no view for the id of a video that exists nowhere, and says so', async () => {
    const page = await open('#/videos/__proto__', { expectsErrors: true });
    await page.getByRole('alert').waitFor();
    await expectInert(page);
  });

  test('runs nothing that is put into its markup, and nothing that is put into it later', async () => {
    // Each refusal is an error in the console, for which `openTab` would fail.
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    if (site.address !== site.inside) await page.goto(site.address);
    const inline =
      '<script>window.hit = 1</script><img src="x" onerror="window.hit = 1"><style>h1 { color: red }</style>';
    await page.route(site.inside, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('<body', `${inline}<body`);
      await route.fulfill({ response, body });
    });
    await page.goto(site.inside);
    await page.getByRole('heading', { name: 'Templates' }).waitFor();
    expect(await page.locator('img[onerror]').count()).toBe(1);

    const refused = await page.evaluate(async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const seen = new Set<string>();
      const wanted = ['frame-src', 'require-trusted-types-for', 'style-src-elem'];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        seen.add(effectiveDirective);
        if (wanted.every((each) => seen.has(each))) resolve();
      });
      let isTrusted = true;
      try {
        document.body.innerHTML = '<p>Replaced</p>';
      } catch {
        isTrusted = false;
      }
      const [script, style, frame] = [
        document.createElement('script'),
        document.createElement('style'),
        document.createElement('iframe'),
      ];
      script.append('window.hit = 1');
      style.append('h1 { color: red }');
      frame.src = 'data:text/html,a';
      document.body.append(script, style, frame);
      await promise;
      const [heading = document.body] = document.querySelectorAll('h1');
      return { isTrusted, hit: 'hit' in window, isRed: getComputedStyle(heading).color === 'rgb(255, 0, 0)' };
    });
    expect(refused).toEqual({ isTrusted: false, hit: false, isRed: false });
  });
});
