import { createServer, request as sendRequest } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listening, listen } from '../../local/loopback-server.ts';
import { hasChromium, launchChromium } from '../harness/chromium.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { bundleClient } from './bundle.ts';

describe.skipIf(!hasChromium)('in Chromium', () => {
  let running: RunningService;
  let site: Listening;
  let browser: Browser;
  beforeAll(async () => {
    running = await startRunningService();
    site = await startSite(running.service.url);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await running?.stop();
  });

  test('a page makes a video through the server that it comes from, and pays once', async () => {
    const page = await browser.newPage();
    await page.goto(`${site.url}/`);
    const before = running.simulator.creates.length;
    const made = await page.evaluate(`(async () => {
      const { createClient } = await import('/client.js');
      const videos = createClient({ url: '/videos', firstPauseMs: 1 });
      const seen = [];
      const { status, video_id } = await videos.make(${JSON.stringify(REQUEST)}, {
        onProgress: (video) => seen.push(video.status),
      });
      const listed = [];
      for await (const video of videos.list()) listed.push(video.video_id);
      const rejected = await videos.start({ template_id: '1', a: 1 }).catch(({ name, type, retry }) => [name, type, retry]);
      return { status, seen: seen.length > 0, isListed: listed.includes(video_id), rejected };
    })()`);
    expect(made).toEqual({
      status: 'succeeded',
      seen: true,
      isListed: true,
      rejected: ['ApiError', 'bad-request', 'new_request'],
    });
    // The first answer to the POST was lost.
    expect(running.simulator.creates.length).toBe(before + 1);
    await page.close();
  });
});

/** A site with a page, the client, and the calls of the service, as one behind which a proxy signs. */
async function startSite(serviceUrl: string): Promise<Listening> {
  const client = await bundleClient();
  const { host } = new URL(serviceUrl);
  let posts = 0;
  return listen(
    createServer(),
    (request, response) => {
      const { method, url = '/', headers } = request;
      if (url === '/')
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>A</title>');
      if (url === '/client.js')
        return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(client);
      if (method === 'POST') posts += 1;
      const isLost = method === 'POST' && posts === 1;
      const { origin: _origin, ...others } = headers;
      const onward = sendRequest(
        `${serviceUrl}${url}`,
        { method, headers: { ...others, host } },
        (answer) => {
          if (isLost) return void answer.resume().on('end', () => response.destroy());
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    },
    0,
  );
}
