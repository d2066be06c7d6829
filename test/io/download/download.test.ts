import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { type Mark, PART_BYTES } from '../../../lambdas/core/download/checkpoint.ts';
import { Failure } from '../../../lambdas/core/failure.ts';
import { createMp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import type { Content } from '../../../lambdas/io/aws/upload-parts.ts';
import { download } from '../../../lambdas/io/download/download.ts';
import { listen } from '../../../local/loopback-server.ts';
import { fragment, ftyp, header, moov, mp4Head, mvex, trak } from '../../harness/mp4-file.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';

const MP4 = Buffer.concat([mp4Head(6000)], 6000).fill(1, mp4Head(6000).length);

async function startOrigin(answer: RequestListener): Promise<string> {
  const server = await listen(createServer(), answer, 0);
  onTestFinished(() => server.stop());
  return server.url;
}

/** A server that sends exactly these bytes, and closes. */
async function startRaw(...answer: readonly (string | Buffer)[]): Promise<string> {
  const bytes = Buffer.concat(answer.map((part) => Buffer.from(part)));
  return (await startRawPeer((socket) => socket.end(bytes))).host;
}

/** Where the requested range begins, if there is one. */
function firstOf({ headers }: IncomingMessage): number | undefined {
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  return asked === null ? undefined : Number(asked[1]);
}

interface Options {
  readonly signal?: AbortSignal;
  readonly store?: Parameters<typeof download>[1];
  readonly askForLink?: () => Promise<string>;
  /** Where an earlier attempt has stopped. */
  readonly begun?: Mark;
  readonly maxMegabytes?: number;
}

function get(url: string, options: Options = {}) {
  const { signal = new AbortController().signal, store, askForLink, begun, maxMegabytes = 1 } = options;
  const source = {
    trustedOrigins: [url],
    idleSeconds: 30,
    pauseSeconds: 0,
    maxMegabytes,
    askForLink: askForLink ?? (async () => `${url}/v.mp4?Signature=secret`),
  };
  const keep = async ({ chunks }: Content) => ({ content: await buffer(chunks) });
  return download(source, store ?? keep, signal, begun);
}

test('accepts a file with all promised bytes although the connection breaks after them', async () => {
  let requests = 0;
  const url = await startOrigin((_request, response) => {
    requests += 1;
    response.writeHead(206, { 'content-range': `bytes 0-${MP4.length - 1}/${MP4.length}` });
    response.write(MP4, () => setTimeout(() => response.destroy(), 20));
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 0 });
  expect(requests).toBe(1);
});

test('sends only harmless header fields: no Authorization, and no coding is accepted', async () => {
  const seen: unknown[] = [];
  const url = await startOrigin((request, response) => {
    seen.push(request.headers);
    response.end(MP4);
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 0 });
  expect(seen).toEqual([
    {
      connection: 'close',
      host: new URL(url).host,
      'accept-encoding': 'identity',
      'user-agent': expect.stringMatching(/^template-video\/\d/),
    },
  ]);
});

test('asks for the rest with the last kilobyte again, and with If-Range', async () => {
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

test('asks for the rest of a file with a weak tag without If-Range, and no server without ranges', async () => {
  const asked: unknown[] = [];
  const origin = (ranges: string): Promise<string> =>
    startOrigin((request, response) => {
      const { range, 'if-range': ifRange } = request.headers;
      asked.push([range, ifRange]);
      const first = firstOf(request);
      const headers = { etag: 'W/"1"', 'accept-ranges': ranges };
      const isFirst = asked.length === 1;
      if (first === undefined) response.writeHead(200, { 'content-length': MP4.length, ...headers });
      else
        response.writeHead(206, {
          'content-range': `bytes ${first}-${MP4.length - 1}/${MP4.length}`,
          ...headers,
        });
      if (isFirst) response.write(MP4.subarray(0, 3000), () => response.destroy());
      else response.end(MP4.subarray(first));
    });
  expect(await get(await origin('bytes'))).toEqual({ content: MP4, attempts: 1, resumes: 1 });
  expect(asked.splice(0)).toEqual([
    [undefined, undefined],
    ['bytes=1976-', undefined],
  ]);
  expect(await get(await origin('none'))).toEqual({ content: MP4, attempts: 2, resumes: 0 });
  expect(asked).toEqual([
    [undefined, undefined],
    [undefined, undefined],
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
  [
    'answers 206 with an empty Content-Range',
    'VideoUnreachable',
    (_request, response) => response.writeHead(206, { 'content-range': 'bytes' }).end(MP4),
  ],
  ['answers 204', 'VideoUnreachable', (_request, response) => response.writeHead(204).end()],
  [
    'redirects to an origin that is not trusted',
    'LinkNotAllowed',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  ],
  [
    'begins like a page, and sends no more',
    'VideoNotPlayable',
    (_request, response) => response.writeHead(200, { 'content-length': 5000 }).write('<!doctype html>'),
  ],
  ['is shorter than a box', 'VideoNotPlayable', (_request, response) => response.end('mp4')],
] satisfies [string, string, RequestListener][])('a download that %s is %s', async (_name, error, answer) => {
  const url = await startOrigin(answer);
  await expect(get(url)).rejects.toMatchObject({
    name: error,
    message: expect.not.stringContaining('secret'),
  });
});

test('a download from a closed port is VideoUnreachable, and its message has no link', async () => {
  await expect(get('http://127.0.0.1:1')).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: 127.0.0.1: ECONNREFUSED.',
  });
});

test('throws the error of the store, and closes the connection', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await startOrigin((_request, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write(MP4);
    response.on('close', closed.resolve);
  });
  const store = async ({ chunks }: Content): Promise<never> => {
    for await (const _chunk of chunks) throw new Error('the bucket is full');
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
  const store = async ({ chunks }: Content): Promise<object> => {
    for await (const _chunk of chunks) stopping.abort();
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
  'continues a partial file in spite of %s, which it throws before the first byte',
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

test('rejects a rest that is longer than announced, and does not call it too large', async () => {
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

test('counts the bytes, and does not rely on a length that is too large', async () => {
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

test('does not accept a part of a file whose end is the end of the connection', async () => {
  const half = MP4.subarray(0, 3000);
  const url = await startRaw('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n', half);
  await expect(get(url)).rejects.toMatchObject({ name: 'VideoUnreachable' });
  const whole = await startRaw('HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n', MP4);
  expect(await get(whole)).toMatchObject({ content: MP4 });
});

/** Its last box has no length, and extends to the end of the file. */
const OPEN_MP4 = Buffer.from(MP4).fill(header('mdat', 0), mp4Head(6000).length - 8, mp4Head(6000).length);

test.each([
  ['as it is', '', OPEN_MP4],
  ['in gzip', 'Content-Encoding: gzip\r\n', gzipSync(OPEN_MP4)],
])(
  'accepts a file with all samples of its index, %s, although the server sends no length',
  async (_how, field, body) => {
    const url = await startRaw(`HTTP/1.1 200 OK\r\n${field}\r\n`, body);
    expect(await get(url)).toEqual({ content: OPEN_MP4, attempts: 1, resumes: 0 });
  },
);

test('does not accept such a file without its last byte', async () => {
  const url = await startRaw('HTTP/1.1 200 OK\r\n\r\n', OPEN_MP4.subarray(0, -1));
  await expect(get(url)).rejects.toMatchObject({ name: 'VideoUnreachable' });
});

/** More fragments may follow: the file does not contain its own end. */
const OPEN_FRAGMENT = Buffer.concat([ftyp('isom'), moov(trak(), mvex()), fragment([5000])]);
OPEN_FRAGMENT.writeUInt32BE(0, OPEN_FRAGMENT.length - 5008);

test('asks the server for the length of a video whose end is not in the file', async () => {
  const asked: unknown[] = [];
  const url = await startOrigin((request, response) => {
    const first = firstOf(request);
    asked.push(first);
    response.useChunkedEncodingByDefault = false;
    const total = OPEN_FRAGMENT.length;
    const range = first === undefined ? {} : { 'content-range': `bytes ${first}-${total - 1}/${total}` };
    response.writeHead(first === undefined ? 200 : 206, { etag: '"1"', connection: 'close', ...range });
    response.flushHeaders();
    response.end(OPEN_FRAGMENT.subarray(first));
  });
  expect(await get(url)).toEqual({ content: OPEN_FRAGMENT, attempts: 1, resumes: 0 });
  expect(asked).toEqual([undefined, OPEN_FRAGMENT.length - 1024]);

  const silent = await startRaw('HTTP/1.1 200 OK\r\n\r\n', OPEN_FRAGMENT);
  await expect(get(silent)).rejects.toMatchObject({ name: 'VideoUnreachable' });
});

test('rejects a server that switches protocols', async () => {
  const url = await startRaw(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mp4\r\n\r\n',
  );
  await expect(get(url)).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: 127.0.0.1: closed without an answer.',
  });
});

test('closes the connection of an answer that is of no use', async () => {
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

const PAGE = '<html><body>Service temporarily unavailable</body></html>';
const whole: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': MP4.length, etag: '"1"' }).end(MP4);
};

/** A server with these answers, in turn. The last one repeats. */
function inTurn(...answers: readonly RequestListener[]): Promise<string> {
  let turn = 0;
  return startOrigin((request, response) => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    answer?.(request, response);
  });
}

const ODD_ANSWERS: readonly [string, RequestListener][] = [
  [
    'a page under 200',
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE),
  ],
  ['a page under 202', (_request, response) => response.writeHead(202).end(PAGE)],
  ['JSON', (_request, response) => response.writeHead(200).end('{"code":"ServiceBusy"}')],
  ['an empty body', (_request, response) => response.writeHead(200, { 'content-length': 0 }).end()],
  ['an empty body without a length', (_request, response) => response.writeHead(200).end()],
  ['the first box alone', (_request, response) => response.end(MP4.subarray(0, MP4.readUInt32BE(0)))],
  ['no media data', (_request, response) => response.end(MP4.subarray(0, mp4Head(6000).length - 8))],
  ['half of it as if it were all', (_request, response) => response.end(MP4.subarray(0, 3000))],
  ['zeros', (_request, response) => response.end(Buffer.alloc(6000))],
  ['HTTP 204', (_request, response) => response.writeHead(204).end()],
  ['HTTP 205', (_request, response) => response.writeHead(205).end()],
  [
    'a part under HTTP 206 without a label',
    (_request, response) => response.writeHead(206).end(MP4.subarray(0, 3000)),
  ],
  [
    'the end under HTTP 206 without a label',
    (_request, response) => response.writeHead(206).end(MP4.subarray(3000)),
  ],
  [
    'HTTP 206 in several parts',
    (_request, response) =>
      response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=b' }).end('--b\r\n'),
  ],
  [
    'HTTP 206 with the end alone',
    (_request, response) =>
      response.writeHead(206, { 'content-range': 'bytes 3000-5999/6000' }).end(MP4.subarray(3000)),
  ],
  [
    'half of it in gzip',
    (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(MP4).subarray(0, 100)),
  ],
];

test.each(ODD_ANSWERS)('asks again after %s, once', async (_what, odd) => {
  expect(await get(await inTurn(odd, whole))).toMatchObject({ content: MP4 });
});

test('asks for another link after a file that is no video', async () => {
  const url = await startOrigin((request, response) => response.end(request.url === '/old.mp4' ? PAGE : MP4));
  const links = [`${url}/old.mp4`, `${url}/new.mp4`];
  const askForLink = async (): Promise<string> => links.shift() ?? '';
  expect(await get(url, { askForLink })).toEqual({ content: MP4, attempts: 2, resumes: 0 });
});

test('gives the reason and the content type of a file that is no video', async () => {
  let answers = 0;
  const url = await startOrigin((_request, response) => {
    answers += 1;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  });
  await expect(get(url)).rejects.toMatchObject({
    name: 'VideoNotPlayable',
    message: expect.stringMatching(
      /^What was downloaded is not a playable MP4 file: .+; it came as text\/html\.$/,
    ),
  });
  expect(answers).toBe(3);
});

test.each([
  [200, {}],
  [201, {}],
  [203, {}],
  [226, {}],
  [206, {}],
  [206, { 'content-range': `bytes 0-${MP4.length - 1}/${MP4.length}` }],
  [206, { 'content-range': `bytes 0-${MP4.length - 1}/*` }],
])('accepts the whole file under HTTP %i with %j', async (status, headers) => {
  const url = await startOrigin((_request, response) => {
    response.writeHead(status, { 'content-length': MP4.length, ...headers }).end(MP4);
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 0 });
});

test('assembles a file that a server sends in ranges from the first, unranged request on', async () => {
  const asked: unknown[] = [];
  const url = await startOrigin((request, response) => {
    const first = firstOf(request) ?? 0;
    const last = Math.min(first + 2500, MP4.length) - 1;
    asked.push(request.headers.range);
    response
      .writeHead(206, { 'content-range': `bytes ${first}-${last}/${MP4.length}`, etag: '"1"' })
      .end(MP4.subarray(first, last + 1));
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 3 });
  expect(asked).toEqual([undefined, 'bytes=1476-', 'bytes=2952-', 'bytes=4428-']);
});

test.each([
  ['gzip', gzipSync(MP4)],
  ['x-gzip', gzipSync(MP4)],
  ['deflate', deflateSync(MP4)],
  ['deflate', deflateRawSync(MP4)],
  ['br', brotliCompressSync(MP4)],
  ['gzip', MP4],
  ['deflate', MP4],
  ['br', MP4],
  ['aws-chunked', MP4],
])('decodes a file that comes in %s, whether the coding is applied or only named', async (coding, body) => {
  const url = await startOrigin((_request, response) => {
    response
      .writeHead(200, { 'content-encoding': coding, 'content-length': body.length, etag: '"1"' })
      .end(body);
  });
  expect(await get(url)).toEqual({ content: MP4, attempts: 1, resumes: 0 });
});

test('begins a coded file again when it breaks off, because no part of it can be decoded alone', async () => {
  const coded = gzipSync(Buffer.concat([MP4.subarray(0, 3000), randomBytes(3000)]));
  const ranges: unknown[] = [];
  const url = await inTurn(
    (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', etag: '"1"' }).end(coded.subarray(0, 2000));
    },
    (request, response) => {
      ranges.push(request.headers.range);
      whole(request, response);
    },
  );
  expect(await get(url)).toEqual({ content: MP4, attempts: 2, resumes: 0 });
  expect(ranges).toEqual([undefined]);
});

test('counts decoded bytes, so that a small gzip file that becomes too large is rejected', async () => {
  const large = Buffer.concat([MP4.subarray(0, mp4Head(6000).length), Buffer.alloc(3_000_000)]);
  const url = await startOrigin((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(large));
  });
  await expect(get(url)).rejects.toMatchObject({ name: 'VideoRejected' });
});

test('asks again for the rest after a page, and begins again after another file', async () => {
  const broken: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': MP4.length, etag: '"1"' });
    response.write(MP4.subarray(0, 3000), () => response.destroy());
  };
  const rest: RequestListener = (request, response) => {
    const first = firstOf(request) ?? 0;
    const label = `bytes ${first}-${MP4.length - 1}/${MP4.length}`;
    response.writeHead(206, { 'content-range': label, etag: '"1"' }).end(MP4.subarray(first));
  };
  const page: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  };
  expect(await get(await inTurn(broken, page, page, rest))).toEqual({
    content: MP4,
    attempts: 1,
    resumes: 1,
  });
  expect(await get(await inTurn(broken, whole))).toEqual({ content: MP4, attempts: 2, resumes: 0 });
});

/** Three parts of an upload. */
const LARGE = Buffer.concat([mp4Head(2 * PART_BYTES + 100)], 2 * PART_BYTES + 100);

/** The state of the large file after one part. */
function begunMark(changes: Partial<Mark> = {}): Mark {
  const scanner = createMp4BoxScanner();
  scanner.push(LARGE.subarray(0, PART_BYTES));
  return {
    file: { totalBytes: LARGE.length, validator: '"1"', hasKnownEnd: true },
    bytes: PART_BYTES,
    tail: LARGE.subarray(PART_BYTES - 1024, PART_BYTES),
    scanner: scanner.state(),
    attempts: 1,
    resumes: 2,
    ...changes,
  };
}

test('continues an earlier attempt, and can tell its mark at the end of each part', async () => {
  const asked: unknown[] = [];
  const url = await startOrigin((request, response) => {
    const first = firstOf(request) ?? 0;
    asked.push([request.headers.range, request.headers['if-range']]);
    const label = `bytes ${first}-${LARGE.length - 1}/${LARGE.length}`;
    response.writeHead(206, { 'content-range': label, etag: '"1"' }).end(LARGE.subarray(first));
  });
  const marks: Mark[] = [];
  const store = async ({ chunks, mark, isRest }: Content) => {
    const all: Buffer[] = [];
    for await (const chunk of chunks) {
      all.push(chunk);
      if (mark().bytes % PART_BYTES === 0) marks.push(mark());
    }
    return { isRest, content: Buffer.concat(all) };
  };
  const got = await get(url, { begun: begunMark(), store, maxMegabytes: 20 });
  expect(got).toMatchObject({ isRest: true, attempts: 1, resumes: 3 });
  expect((got as { readonly content?: Buffer }).content?.equals(LARGE.subarray(PART_BYTES))).toBe(true);
  expect(asked).toEqual([[`bytes=${PART_BYTES - 1024}-`, '"1"']]);
  expect(marks.map(({ bytes, scanner }) => [bytes, scanner.at])).toEqual([[2 * PART_BYTES, 2 * PART_BYTES]]);
});

test.each([
  ['another tag', { etag: '"2"' }, LARGE],
  ['another length', {}, Buffer.concat([LARGE, Buffer.alloc(8)])],
  ['other bytes', {}, Buffer.alloc(LARGE.length, 7)],
])('begins again where the file has %s in the meantime', async (_what, headers, now) => {
  const url = await startOrigin((request, response) => {
    const first = firstOf(request);
    if (first === undefined)
      return void response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE);
    const label = `bytes ${first}-${now.length - 1}/${now.length}`;
    response.writeHead(206, { 'content-range': label, etag: '"1"', ...headers }).end(now.subarray(first));
  });
  const got = await get(url, { begun: begunMark(), maxMegabytes: 20 });
  expect(got).toMatchObject({ attempts: 2, resumes: 2 });
  expect((got as { readonly content?: Buffer }).content?.equals(LARGE)).toBe(true);
});
