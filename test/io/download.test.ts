import { createServer, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { download } from '../../lambdas/io/download.ts';
import { listen } from '../../local/listen.ts';

const MP4 = Buffer.concat([
  Buffer.from('00000010667479706d70343200000000', 'hex'),
  Buffer.from('000000086d6f6f76', 'hex'),
  Buffer.from('000013906d646174', 'hex'),
  Buffer.alloc(5000, 1),
]);

async function startOrigin(answer: RequestListener): Promise<string> {
  const server = await listen(createServer(), answer, 0);
  onTestFinished(() => server.stop());
  return server.url;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly store?: Parameters<typeof download>[1];
}

function get(url: string, { signal = new AbortController().signal, store }: Options = {}) {
  const source = {
    trustedOrigins: [url],
    idleSeconds: 30,
    pauseSeconds: 0,
    maxMegabytes: 1,
    askForLink: async () => `${url}/v.mp4?Signature=secret`,
  };
  return download(source, store ?? (async (content) => ({ content: await buffer(content) })), signal);
}

test('asks for the file as it is, without Authorization or anything else that is secret', async () => {
  const seen: unknown[] = [];
  const url = await startOrigin((request, response) => {
    seen.push(request.headers);
    response.end(MP4);
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 0 });
  expect(seen).toEqual([{ connection: 'close', host: new URL(url).host, 'accept-encoding': 'identity' }]);
});

test('asks for the rest of the same file with a little of what it has, and under the condition that it is the same', async () => {
  const asked: unknown[] = [];
  const url = await startOrigin((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    asked.push([range, ifRange]);
    const first = Number(/\d+/.exec(range ?? '0')?.[0]);
    if (range === undefined) {
      response.writeHead(200, { 'content-length': MP4.length, etag: '"1"' });
      response.write(MP4.subarray(0, 3000), () => response.destroy());
    } else {
      const label = `bytes ${first}-${MP4.length - 1}/${MP4.length}`;
      response.writeHead(206, { 'content-range': label, etag: '"1"' }).end(MP4.subarray(first));
    }
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 1 });
  expect(asked).toEqual([
    [undefined, undefined],
    ['bytes=1976-', '"1"'],
  ]);
});

test.each([
  [
    'is cut short',
    'VideoUnreachable',
    (_request, response) =>
      response.writeHead(200, { 'content-length': '9999' }).write(MP4, () => response.destroy()),
  ],
  ['answers 500', 'VideoUnreachable', (_request, response) => response.writeHead(500).end()],
  ['answers 206 unasked', 'VideoUnreachable', (_request, response) => response.writeHead(206).end(MP4)],
  [
    'redirects to an origin that is not trusted',
    'VideoRejected',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  ],
  ['is shorter than a box', 'VideoRejected', (_request, response) => response.end('mp4')],
] satisfies [string, string, RequestListener][])('a download that %s is %s', async (_name, error, answer) => {
  const url = await startOrigin(answer);
  await expect(get(url)).rejects.toMatchObject({
    name: error,
    message: expect.not.stringContaining('secret'),
  });
});

test('a download from where nobody listens is VideoUnreachable, without the link', async () => {
  await expect(get('http://127.0.0.1:1')).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: 127.0.0.1: ECONNREFUSED.',
  });
});

test('passes on what the store broke with, and drops the connection', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await startOrigin((_request, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write(MP4);
    response.on('close', closed.resolve);
  });
  const store = async (content: AsyncIterable<Buffer>): Promise<never> => {
    for await (const _chunk of content) throw new Error('the bucket is full');
    throw new Error('nothing came');
  };
  await expect(get(url, { store })).rejects.toThrow('the bucket is full');
  await closed.promise;
});

test('says how far it had come when it is stopped', async () => {
  const stopping = new AbortController();
  const url = await startOrigin((_request, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write(MP4);
  });
  const store = async (content: AsyncIterable<Buffer>): Promise<object> => {
    for await (const _chunk of content) stopping.abort();
    return {};
  };
  await expect(get(url, { signal: stopping.signal, store })).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: expect.stringMatching(
      /^The copy was stopped after \d+ of 100000 bytes, before the function ran out of time\.$/,
    ),
  });
});
