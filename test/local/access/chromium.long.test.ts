import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listenOnLoopback } from '../../../local/loopback-server.ts';
import { hasChromium, launchChromium } from '../../harness/chromium.ts';
import {
  API_KEY,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../../harness/running-service.ts';
import { SECRET_KEY, SECRET_TEXT } from './calls.ts';
import { snapshotOf } from './snapshot.ts';

/** Turns off Chromium's own protection of local servers, so that the service has to reject by itself. */
const FLAGS = [
  '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessRespectPreflightResults',
  '--host-resolver-rules=MAP evil.test 127.0.0.1',
];

/** The target of an attacking page. */
interface AttackTarget {
  /** Of the service, in the spelling of the page. */
  readonly url: string;
  readonly bucket: string;
  readonly secretKey: string;
  /** The body of a `POST /videos`. */
  readonly request: string;
  /** The body of a `StartExecution`. */
  readonly execution: string;
  readonly simulator: string;
}

const ATTACK = await readFile(join(import.meta.dirname, 'attack.js'), 'utf8');

describe.skipIf(!hasChromium)('in Chromium', () => {
  let stack: SimulatedStack;
  let running: RunningService;
  let browser: Browser;
  let attackerPort: number;
  /** The link of a finished video. */
  let video: string;
  let s3: AwsClient;
  let before: unknown;
  const attacker = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title>');
  });

  beforeAll(async () => {
    stack = await synthesizeForSimulator();
    running = await serve(stack);
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } =
      running.service.environment;
    s3 = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1', retries: 0 });
    await store(SECRET_KEY, SECRET_TEXT, 'application/json');
    await store('page.html', '<script>document.title = "it runs"</script>', 'text/html');
    video = (await running.get((await running.run(REQUEST)).name)).video?.url ?? '';
    attackerPort = await listenOnLoopback(attacker);
    browser = await launchChromium(FLAGS);
  });
  beforeEach(async () => {
    before = await snapshotOf(running, stack.folder);
  });
  afterAll(async () => {
    await browser?.close();
    attacker.close();
    await running?.stop();
    await stack?.stop();
  });

  const bucketUrl = (): string => `${running.service.url}/${running.service.deployment.buckets[0]}`;
  const store = (key: string, body: string | Buffer<ArrayBuffer>, type: string): Promise<Response> =>
    s3.fetch(`${bucketUrl()}/${key}`, { method: 'PUT', body, headers: { 'content-type': type } });
  const linkTo = async (key: string): Promise<string> =>
    (await s3.sign(`${bucketUrl()}/${key}`, { aws: { signQuery: true } })).url;

  function targetAt(url: string): AttackTarget {
    const { simulator, service } = running;
    const [bucket = ''] = service.deployment.buckets;
    const { stateMachineArn } = service.engine;
    const execution = JSON.stringify({ stateMachineArn, input: JSON.stringify(REQUEST) });
    return {
      url,
      bucket,
      secretKey: SECRET_KEY,
      request: JSON.stringify(REQUEST),
      execution,
      simulator: simulator.url,
    };
  }

  /** Runs the attack in the page. @returns every text that the page could read */
  async function tryAll(page: Page, url = running.service.url): Promise<string> {
    return (await page.evaluate<readonly string[]>(`(${ATTACK})(${JSON.stringify(targetAt(url))})`)).join(
      '\n',
    );
  }

  async function expectNothing(read: string): Promise<void> {
    for (const secret of [API_KEY, SECRET_TEXT, 'X-Amz-Signature', 'template_id', 'video_id']) {
      expect(read).not.toContain(secret);
    }
    expect((await fetch(`${running.service.url}/templates`)).status).toBe(200);
    expect(await snapshotOf(running, stack.folder)).toEqual(before);
  }

  test.each([
    ['another site', () => `http://evil.test:${attackerPort}/`],
    ['another port of this machine', () => `http://127.0.0.1:${attackerPort}/`],
    ['another port of localhost', () => `http://localhost:${attackerPort}/`],
    ['no origin', () => 'data:text/html,<title>A page</title>'],
  ])('a page of %s gets no key, no object and no video, and ends nothing', async (_name, where) => {
    const page = await browser.newPage();
    await page.goto(where());
    await expectNothing(await tryAll(page));
    await page.close();
  });

  test('a page of a host that DNS rebinding points at this address gets nothing either', async () => {
    const { port } = new URL(running.service.url);
    const page = await browser.newPage();
    const own = `http://evil.test:${port}`;
    await page.route(`${own}/page`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>A page</title>' }),
    );
    await page.goto(`${own}/page`);
    await expectNothing(await tryAll(page, own));
    await page.close();
  });

  test('an HTML object in the bucket does not run as a page', async () => {
    const link = await linkTo('page.html');
    const page = await browser.newPage();
    const download = page.waitForEvent('download');
    await page.goto(link).catch((error: Error) => expect(error.message).toContain('Download is starting'));
    await (await download).cancel();
    await page.setContent(`<iframe src="${link}"></iframe>`);
    expect(await page.title()).not.toBe('it runs');
    await page.close();
  });

  test('an image in the bucket opens at its link', async () => {
    const png = Buffer.from(REQUEST.media_inputs[0]?.value.split(',')[1] ?? '', 'base64');
    await store('it.png', Buffer.from(png), 'image/png');
    const page = await browser.newPage();
    await page.goto(await linkTo('it.png'));
    expect(await page.evaluate('document.images[0]?.naturalWidth')).toBe(301);
    await page.close();
  });

  test('a video in the bucket plays in a foreign page, and at its link', async () => {
    const page = await browser.newPage();
    await page.goto(video);
    const width = () => page.evaluate<number>('document.querySelector("video")?.videoWidth ?? 0');
    await expect.poll(width).toBeGreaterThan(0);
    await page.goto(`http://evil.test:${attackerPort}/`);
    await page.setContent(`<video src="${video.replaceAll('&', '&amp;')}"></video>`);
    await expect.poll(width).toBeGreaterThan(0);
    await page.close();
  });
});
