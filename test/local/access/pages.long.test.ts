import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoList } from '../../../lambdas/core/api/response.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';
import { startDev } from '../../cli/dev-process.ts';
import { bundleClient } from '../../client/bundle.ts';
import { hasChromium, launchChromium } from '../../harness/chromium.ts';
import { pngOf } from '../../harness/images.ts';
import { REQUEST, temporaryFolder } from '../../harness/running-service.ts';

const CLIENT = await readFile(join(import.meta.dirname, 'page-client.js'), 'utf8');

describe.skipIf(!hasChromium)('a page of another origin, in Chromium,', () => {
  let browser: Browser;
  let origin: string;
  const server = createServer(async ({ url }, response) => {
    if (url === '/client.js')
      return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(await bundleClient());
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title>');
  });

  beforeAll(async () => {
    origin = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  /** What a page could do with the service at this address. */
  async function makeVideoAt(url: string): Promise<unknown> {
    const page = await browser.newPage();
    await page.goto(origin);
    const options = {
      url,
      image: pngOf(400, 400).toString('base64'),
      templateId: REQUEST.template_id,
      key: 'order-17',
    };
    const result = await page.evaluate(`(${CLIENT})(${JSON.stringify(options)})`);
    await page.close();
    return result;
  }

  /** What the client of this project can do in a page with the service at this address. */
  async function makeWithClientAt(url: string): Promise<unknown> {
    const page = await browser.newPage();
    await page.goto(origin);
    const image = JSON.stringify([...pngOf(400, 400)]);
    const result = await page.evaluate(`(async () => {
      const { createClient } = await import('/client.js');
      const videos = createClient({ url: '${url}/videos', firstPauseMs: 1 });
      const image = new Uint8Array(${image});
      const order = { template_id: '${REQUEST.template_id}', media_inputs: [{ value: image }], text_inputs: [{ value: 'Lion' }] };
      try {
        const { status, video } = await videos.make(order);
        const file = await (await fetch(video.url)).arrayBuffer();
        const rejected = await videos.get('unknown').catch(({ name, type }) => [name, type]);
        return { status, isWhole: file.byteLength === video.bytes, rejected };
      } catch ({ name }) {
        return name;
      }
    })()`);
    await page.close();
    return result;
  }

  async function listOf(url: string): Promise<VideoList> {
    return (await (await fetch(`${url}/videos`)).json()) as VideoList;
  }

  test('makes a video with npm run dev where its origin is listed', async () => {
    const dev = await startDev({ cwd: await temporaryFolder() }, ['--cors-origin', origin]);
    expect(dev.printed()).toContain(`Pages of these origins may call the service: ${origin}`);
    const result = await makeVideoAt(dev.url);
    const { videos } = await listOf(dev.url);
    expect(videos).toHaveLength(1);
    const id = videos[0]?.video_id;
    const { sha256 } = (result as { readonly video: { readonly video: { readonly sha256: string } } }).video
      .video;
    expect(result).toMatchObject({
      upload: { status: 200, value: expect.stringMatching(/^s3:/) },
      posted: { status: 202, id, read: [`/videos/${id}`, expect.stringMatching(/^\d+$/), null] },
      replayed: { status: 202, id, read: [`/videos/${id}`, null, 'true'] },
      video: { video_id: id, status: 'succeeded' },
      file: { sha256, range: expect.stringMatching(/^bytes 0-9\/\d+$/) },
      wrong: { status: 400, type: 'urn:template-video:problem:bad-request' },
      rejected: { status: 403 },
    });
    expect(await makeWithClientAt(dev.url)).toEqual({
      status: 'succeeded',
      isWhole: true,
      rejected: ['ApiError', 'video-not-found'],
    });
    expect(await dev.stop('SIGINT')).toBe(0);
  });

  test.each([
    ['none is listed', []],
    ['another is listed', ['--cors-origin', 'http://127.0.0.1:1']],
  ])('can do nothing with npm run dev where %s', async (_what, flags) => {
    const dev = await startDev({ cwd: await temporaryFolder() }, flags);
    const failed = { failed: 'TypeError' };
    expect(await makeVideoAt(dev.url)).toEqual({
      upload: failed,
      posted: failed,
      replayed: failed,
      video: failed,
      file: failed,
      wrong: failed,
      rejected: failed,
    });
    expect(await makeWithClientAt(dev.url)).toBe('NoResponse');
    expect(await listOf(dev.url)).toEqual({ videos: [] });
    expect(await dev.stop('SIGINT')).toBe(0);
  });
});
