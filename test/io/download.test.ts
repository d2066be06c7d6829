import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../lambdas/core/failure.ts';
import { download } from '../../lambdas/io/download.ts';
import { listen } from '../../local/listen.ts';
import { header, mp4Head } from '../mp4-file.ts';
import { startRawPeer } from './raw-peer.ts';

const MP4 = Buffer.concat([mp4Head(6000)], 6000).fill(1, mp4Head(6000).length);

async function startOrigin(answer: RequestListener): Promise<string> {
  const server = await listen(createServer(), answer, 0);
  onTestFinished(() => server.stop());
  return server.url;
}

/** A server that says exactly this, byte by byte, and closes. */
async function startRaw(...answer: readonly (string | Buffer)[]): Promise<string> {
  const bytes = Buffer.concat(answer.map((part) => Buffer.from(part)));
  return (await startRawPeer((socket) => socket.end(bytes))).host;
}

/** The range that is asked for, if any: where it begins. */
function firstOf({ headers }: IncomingMessage): number | undefined {
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  return asked === null ? undefined : Number(asked[1]);
}

interface Options {
  readonly signal?: AbortSignal;
  readonly store?: Parameters<typeof download>[1];
  readonly askForLink?: () => Promise<string>;
}

function get(url: string, { signal = new AbortController().signal, store, askForLink }: Options = {}) {
  const source = {
    trustedOrigins: [url],
    idleSeconds: 30,
    pauseSeconds: 0,
    maxMegabytes: 1,
    askForLink: askForLink ?? (async () => `${url}/v.mp4?Signature=secret`),
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
    const first = firstOf(request);
    if (first === undefined) {
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
  [
    'begins like a page, and says no more',
    'VideoRejected',
    (_request, response) => response.writeHead(200, { 'content-length': 5000 }).write('<!doctype html>'),
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

test.each([403, 404, 410])('asks for the link again after HTTP %i', async (status) => {
  const url = await startOrigin((request, response) => {
    if (request.url === '/old.mp4') response.writeHead(status).end();
    else response.end(MP4);
  });
  const links = [`${url}/old.mp4`, `${url}/new.mp4`];
  const askForLink = async (): Promise<string> => links.shift() ?? '';
  expect(await get(url, { askForLink })).toMatchObject({ content: MP4 });
  expect(links).toEqual([]);
});

test('keeps the link after any other answer', async () => {
  let answers = 0;
  const url = await startOrigin((_request, response) => {
    answers += 1;
    if (answers === 1) response.writeHead(503).end();
    else response.end(MP4);
  });
  let asked = 0;
  const askForLink = async (): Promise<string> => {
    asked += 1;
    return `${url}/v.mp4`;
  };
  expect(await get(url, { askForLink })).toMatchObject({ content: MP4 });
  expect([answers, asked]).toEqual([2, 1]);
});

test.each(['MiniMaxUnavailable', 'MiniMaxBusy'] as const)(
  'goes on in the middle although %s, which at the beginning is for the workflow to hear',
  async (name) => {
    const url = await startOrigin((request, response) => {
      const first = firstOf(request);
      if (request.url === '/old.mp4' && first !== undefined) response.writeHead(403).end();
      else if (first === undefined)
        response
          .writeHead(200, { 'content-length': MP4.length, etag: '"1"' })
          .write(MP4.subarray(0, 3000), () => response.destroy());
      else
        response
          .writeHead(206, { 'content-range': `bytes ${first}-${MP4.length - 1}/${MP4.length}` })
          .end(MP4.subarray(first));
    });
    const answers = [`${url}/old.mp4`, new Failure(name, 'Not now.'), `${url}/new.mp4`];
    const askForLink = async (): Promise<string> => {
      const answer = answers.shift() ?? new Failure(name, 'Not now.');
      if (answer instanceof Failure) throw answer;
      return answer;
    };
    expect(await get(url, { askForLink })).toEqual({ content: MP4, attempts: 1, resumes: 1 });
    await expect(get(url, { askForLink })).rejects.toMatchObject({ name });
  },
);

test('does not take a rest that is longer than it says, and does not call it too large', async () => {
  const url = await startOrigin((request, response) => {
    const first = firstOf(request);
    if (first === undefined) {
      response.writeHead(200, { 'content-length': MP4.length, etag: '"1"' });
      response.write(MP4.subarray(0, 3000), () => response.destroy());
    } else {
      response.writeHead(206, { 'content-range': `bytes ${first}-${MP4.length - 1}/${MP4.length}` });
      response.end(Buffer.concat([MP4.subarray(first), Buffer.alloc(1_000_000)]));
    }
  });
  await expect(get(url)).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: `The download failed: more came than the ${MP4.length} bytes that were promised.`,
  });
});

test('does not believe a length that is too large, but counts', async () => {
  let answers = 0;
  const url = await startOrigin((_request, response) => {
    answers += 1;
    response.writeHead(200, { 'content-length': answers === 1 ? 99_000_000_000 : MP4.length });
    response.write(MP4, () => response.socket?.end());
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 2, resumes: 0 });
});

test('follows a redirect in raw UTF-8', async () => {
  const seen: unknown[] = [];
  const moved = Buffer.from('HTTP/1.1 302 Found\r\nLocation: /vïdéo.mp4\r\nContent-Length: 0\r\n\r\n');
  const url = await startOrigin((request, response) => {
    seen.push(request.url);
    if (request.url === '/v%C3%AFd%C3%A9o.mp4') response.end(MP4);
    else response.socket?.end(moved);
  });
  expect(await get(url)).toMatchObject({ content: MP4 });
  expect(seen).toEqual(['/v.mp4?Signature=secret', '/v%C3%AFd%C3%A9o.mp4']);
});

test('does not take a part for the whole where only the end of the connection is the end', async () => {
  const half = MP4.subarray(0, 3000);
  const url = await startRaw('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n', half);
  await expect(get(url)).rejects.toMatchObject({ name: 'VideoUnreachable' });
  const whole = await startRaw('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n', MP4);
  expect(await get(whole)).toMatchObject({ content: MP4 });
});

/** Its last box has no length, but reaches to the end. */
const OPEN_MP4 = Buffer.from(MP4).fill(header('mdat', 0), mp4Head(6000).length - 8, mp4Head(6000).length);

test('asks a server that says no length where a video ends that does not say so itself', async () => {
  const asked: unknown[] = [];
  const url = await startOrigin((request, response) => {
    const first = firstOf(request);
    asked.push(first);
    response.useChunkedEncodingByDefault = false;
    const total = OPEN_MP4.length;
    const range = first === undefined ? {} : { 'content-range': `bytes ${first}-${total - 1}/${total}` };
    response.writeHead(first === undefined ? 200 : 206, { etag: '"1"', connection: 'close', ...range });
    response.flushHeaders();
    response.end(OPEN_MP4.subarray(first));
  });
  expect(await get(url)).toEqual({ content: OPEN_MP4, attempts: 1, resumes: 0 });
  expect(asked).toEqual([undefined, OPEN_MP4.length - 1024]);

  const silent = await startRaw('HTTP/1.1 200 OK\r\n\r\n', OPEN_MP4);
  await expect(get(silent)).rejects.toMatchObject({ name: 'VideoUnreachable' });
});

test('gives up on a server that wants to speak another protocol', async () => {
  const url = await startRaw(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mp4\r\n\r\n',
  );
  await expect(get(url)).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: 127.0.0.1: closed without an answer.',
  });
});

test('leaves no connection open behind an answer that is of no use', async () => {
  const closed: Promise<void>[] = [];
  const url = await startOrigin((_request, response) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    response.writeHead(503).write('and');
    response.on('close', resolve);
    closed.push(promise);
  });
  await expect(get(url)).rejects.toMatchObject({ name: 'VideoUnreachable' });
  await Promise.all(closed);
  expect(closed).toHaveLength(5);
});
