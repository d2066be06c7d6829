import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Lookup } from '../../../lambdas/io/http/connect.ts';
import type { FetchPolicy } from '../../../lambdas/io/http/guarded-get.ts';
import { type ProbeResult, probeImage } from '../../../lambdas/io/image/probe.ts';
import { listen } from '../../../local/loopback-server.ts';
import { jpegOf, pngOf, webpOf } from '../../harness/images.ts';

interface Probe {
  readonly result: ProbeResult;
  /** The Range field of each request. */
  readonly ranges: readonly (string | undefined)[];
}

/** Probes the image of a trusted server on this machine. */
async function probe(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  changes: Partial<FetchPolicy> = {},
): Promise<Probe> {
  const ranges: (string | undefined)[] = [];
  const server = await listen(
    createServer(),
    (request, response) => {
      ranges.push(request.headers.range);
      answer(response, request);
    },
    0,
  );
  onTestFinished(() => server.stop());
  const policy = { trustedOrigins: [server.url], idleSeconds: 1, ...changes };
  const result = await probeImage(`${server.url}/pet.jpg`, policy, AbortSignal.timeout(5_000));
  return { result, ranges };
}

/** The answer of a server with ranges. */
function inPart(bytes: Buffer, total = bytes.length) {
  return (response: ServerResponse): void => {
    const head = bytes.subarray(0, 1_000_000);
    response.writeHead(206, { 'content-range': `bytes 0-${head.length - 1}/${total}` }).end(head);
  };
}

function whole(bytes: Buffer, status = 200) {
  return (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-length': bytes.length }).end(bytes);
}

test.each([
  ['a PNG', pngOf(400, 400), 'image/png'],
  ['a JPEG', jpegOf(400, 400), 'image/jpeg'],
  ['a WebP', webpOf(400, 400), 'image/webp'],
  ['a JPEG with 700 kB before its size', jpegOf(400, 400, 700_000), 'image/jpeg'],
])('accepts %s, from a part or the whole', async (_name, bytes, type) => {
  const { result, ranges } = await probe(inPart(bytes));
  expect(result).toEqual({ outcome: 'fits', type });
  expect(ranges).toEqual(['bytes=0-1000000']);
  expect((await probe(whole(bytes))).result).toEqual({ outcome: 'fits', type });
});

test.each([
  ['is too small', inPart(pngOf(100, 100)), 'its short side must have more than 300'],
  ['is a GIF', inPart(Buffer.from('GIF89a'.padEnd(40))), 'is not a JPEG'],
  ['is a page', whole(Buffer.from('<html>Please log in</html>')), 'is not a JPEG'],
  ['is broken', whole(pngOf(400, 400).subarray(0, 18)), 'cannot be read'],
  ['is empty', whole(Buffer.alloc(0)), 'is not a JPEG'],
  ['has twenty megabytes, as its server says', inPart(pngOf(400, 400), 20_000_000), 'has 20000000 bytes'],
  ['is not there', whole(Buffer.from('no'), 404), 'is not there: 127.0.0.1 answers HTTP 404'],
  ['was there once', whole(Buffer.from('no'), 410), 'answers HTTP 410'],
])('rejects an image that %s', async (_name, answer, why) => {
  expect((await probe(answer)).result).toEqual({ outcome: 'wrong', why: expect.stringContaining(why) });
});

test.each([
  ['answers 403', whole(Buffer.from('no'), 403)],
  ['answers 503', whole(Buffer.from('no'), 503)],
  ['gives no answer', () => undefined],
  ['breaks off', (response: ServerResponse) => response.destroy()],
  [
    'answers in a content coding',
    (response: ServerResponse) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  ],
  [
    'breaks off within the image',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-length': 500_000 });
      response.write(jpegOf(400, 400, 400_000).subarray(0, 100), () => response.destroy());
    },
  ],
])('cannot read an image whose server %s', async (_name, answer) => {
  expect((await probe(answer)).result).toMatchObject({ outcome: 'unreadable', why: expect.any(String) });
});

test('reads no more than its size needs', async () => {
  let isCutOff: Promise<unknown> = Promise.resolve();
  const { result } = await probe((response) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    isCutOff = promise;
    response.on('close', resolve);
    response.writeHead(206, { 'content-range': 'bytes 0-999999/19000000' });
    response.write(Buffer.concat([pngOf(400, 400), Buffer.alloc(8_000)]));
  });
  expect(result).toEqual({ outcome: 'fits', type: 'image/png' });
  await isCutOff;
});

test.each([
  [
    'a link-local address',
    'http://169.254.169.254/latest/meta-data/',
    'whose address 169.254.169.254 is not public',
  ],
  ['this machine', 'https://[::1]/pet.jpg', 'is not public'],
  ['a port of this machine', 'https://127.0.0.1:8443/pet.jpg', 'is not public'],
  [
    'a private address with credentials',
    'https://me:secret@10.0.0.1/pet.jpg',
    'whose address 10.0.0.1 is not public',
  ],
])('rejects a link to %s, and makes no connection', async (_name, link, why) => {
  const policy = { trustedOrigins: [], idleSeconds: 1, network: { lookup: () => expect.fail('resolved') } };
  const result = await probeImage(link, policy, AbortSignal.timeout(5_000));
  expect(result).toEqual({ outcome: 'wrong', why: expect.stringContaining(why) });
  expect(JSON.stringify(result)).not.toContain('secret');
});

test.each([
  ['a port of its own', 'https://example.com:8443/pet.jpg', 'names the port 8443'],
  ['a URL with credentials', 'https://me:secret@example.com/pet.jpg', 'contains credentials for example.com'],
])('makes no connection to %s, which MiniMax may do', async (_name, link, why) => {
  const policy = { trustedOrigins: [], idleSeconds: 1, network: { lookup: () => expect.fail('resolved') } };
  const result = await probeImage(link, policy, AbortSignal.timeout(5_000));
  expect(result).toEqual({ outcome: 'unreadable', why: expect.stringContaining(why) });
  expect(JSON.stringify(result)).not.toContain('secret');
});

test('rejects a link with a redirect to a private address', async () => {
  const { result } = await probe((response) =>
    response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  );
  expect(result).toMatchObject({ outcome: 'wrong', why: expect.stringContaining('10.0.0.1') });
});

function lookupOf(error: Error | null, addresses: LookupAddress[]): Lookup {
  return (_name, _options, callback) => callback(error, addresses);
}

test.each([
  ['has a private address', lookupOf(null, [{ address: '10.1.2.3', family: 4 }]), 'wrong'],
  ['does not exist', lookupOf(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []), 'unreadable'],
  ['cannot be resolved', lookupOf(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }), []), 'unreadable'],
])('a name that %s makes an image %s', async (_name, lookup, outcome) => {
  const policy = { trustedOrigins: [], idleSeconds: 1, network: { lookup } };
  expect(await probeImage('https://pets.example/1.jpg', policy, AbortSignal.timeout(5_000))).toMatchObject({
    outcome,
  });
});
