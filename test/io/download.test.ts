import { createServer, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openDownload } from '../../lambdas/io/download.ts';
import { listen } from '../../local/listen.ts';

const signal = new AbortController().signal;
const MP4 = Buffer.concat([Buffer.from('00000020667479706d703432', 'hex'), Buffer.alloc(5000, 1)]);

async function startOrigin(answer: RequestListener): Promise<string> {
  const server = await listen(createServer(), answer, 0);
  onTestFinished(() => server.stop());
  return server.url;
}

async function download(url: string): Promise<Buffer> {
  const { content } = await openDownload(`${url}/v.mp4`, { trustedOrigins: [url], idleSeconds: 30 }, signal);
  return buffer(content);
}

test.each([
  ['with a length', { 'content-length': String(MP4.length) }],
  ['without a length', {}],
])('gives the whole file %s', async (_name, headers) => {
  const url = await startOrigin((_request, response) => response.writeHead(200, headers).end(MP4));
  expect(Buffer.compare(await download(url), MP4)).toBe(0);
});

test('sends no Authorization and nothing else that is secret', async () => {
  const seen: unknown[] = [];
  const url = await startOrigin((request, response) => {
    seen.push(Object.keys(request.headers).sort());
    response.end(MP4);
  });
  await download(url);
  expect(seen).toEqual([['connection', 'host']]);
});

test.each([
  [
    'is cut short',
    'VideoUnreachable',
    (_request, response) =>
      response.writeHead(200, { 'content-length': '9999' }).write(MP4, () => response.destroy()),
  ],
  ['answers 404', 'VideoUnreachable', (_request, response) => response.writeHead(404).end()],
  ['answers 500', 'VideoUnreachable', (_request, response) => response.writeHead(500).end()],
  ['answers 206 unasked', 'VideoUnreachable', (_request, response) => response.writeHead(206).end(MP4)],
  [
    'redirects for ever',
    'VideoUnreachable',
    (_request, response) => response.writeHead(302, { location: '/again' }).end(),
  ],
  [
    'redirects to an origin that is not trusted',
    'VideoRejected',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  ],
  [
    'is a page',
    'VideoRejected',
    (_request, response) => response.end('<!doctype html><title>expired</title>'),
  ],
  ['is empty', 'VideoRejected', (_request, response) => response.end()],
  ['is shorter than a box', 'VideoRejected', (_request, response) => response.end('mp4')],
] satisfies [string, string, RequestListener][])('a download that %s is %s', async (_name, error, answer) => {
  const url = await startOrigin(answer);
  await expect(download(url)).rejects.toMatchObject({ name: error });
});

test('a download from where nobody listens is VideoUnreachable, without the link', async () => {
  const opening = openDownload(
    'http://127.0.0.1:1/v.mp4?Signature=secret',
    { trustedOrigins: ['http://127.0.0.1:1'], idleSeconds: 30 },
    signal,
  );
  await expect(opening).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: 127.0.0.1: ECONNREFUSED.',
  });
});
