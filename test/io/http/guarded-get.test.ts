import { createHook } from 'node:async_hooks';
import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Lookup, Network } from '../../../lambdas/io/http/connect.ts';
import { type FetchPolicy, guardedGet } from '../../../lambdas/io/http/guarded-get.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';

const signal = new AbortController().signal;
const PUBLIC = '93.184.215.14';
const pem = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'cdn', `${name}.pem`));

/** Node creates a TCPCONNECTWRAP for every connection attempt. */
let connections = 0;
const watch = createHook({
  init(_id, type) {
    if (type === 'TCPCONNECTWRAP') connections += 1;
  },
});
beforeAll(() => void watch.enable());
afterAll(() => void watch.disable());
beforeEach(() => {
  connections = 0;
});

/** A lookup with these answers, in turn. The last one repeats. */
function names(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: Lookup = (name, _options, callback) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    queueMicrotask(() => callback(null, answer.map(toLookupAddress)));
  };
  return { asked, network: { lookup } };
}

function toLookupAddress(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 };
}

function get(link: string, policy: Partial<FetchPolicy> = {}): ReturnType<typeof guardedGet> {
  return guardedGet(link, {}, { trustedOrigins: [], idleSeconds: 5, ...policy }, signal);
}

const LITERALS = [
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '017700000001',
  '0x7f000001',
  '0x7F.0.0.0x1',
  '0177.0.0.01',
  '0x7f.1',
  '%31%32%37.0.0.1',
  '①②⑦.⓪.⓪.①',
  '１２７。０。０。１',
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.1',
  '0xa000001',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.168.257',
  '100.64.0.1',
  '100.127.255.254',
  '169.254.100.1',
  '169.254.169.254',
  '169.254.43518',
  '0xa9fea9fe',
  '2852039166',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '4294967295',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:6401]',
  '[::ffff:8.8.8.8]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b::10.0.0.1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:53aa:64c::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[5f00::1]',
  '[100::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[4000::1]',
];

describe('no connection is opened to', () => {
  test.each(LITERALS)('https://%s', async (host) => {
    const { asked, network } = names([PUBLIC]);
    await expect(get(`https://${host}/latest/meta-data`, { network })).rejects.toMatchObject({
      name: 'VideoRejected',
      message: expect.stringMatching(/^The link leads to \S+, whose address \S+ is not public\.$/),
    });
    expect([connections, asked]).toEqual([0, []]);
  });

  test.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.100.1']],
    [['100.100.100.200']],
    [['::1']],
    [['fe80::1%eth0']],
    [['fd00:ec2::254']],
    [['::ffff:10.0.0.1']],
    [['64:ff9b::a00:1']],
    [[PUBLIC, '10.0.0.1']],
    [['10.0.0.1', PUBLIC]],
    [['2606:4700::1111', '::1']],
  ])('a name with the addresses %j', async (addresses) => {
    const { asked, network } = names(addresses);
    await expect(get('https://cdn.example/v.mp4', { network })).rejects.toMatchObject({
      name: 'VideoRejected',
      message: expect.stringContaining('The link leads to cdn.example, whose address '),
    });
    expect([connections, asked]).toEqual([0, ['cdn.example']]);
  });

  test('a name with a trailing dot and such an address', async () => {
    const opening = get('https://cdn.example./v.mp4', names(['10.0.0.1']));
    await expect(opening).rejects.toMatchObject({ name: 'VideoRejected' });
    expect(connections).toBe(0);
  });

  test.each(['localhost', 'LOCALHOST', 'ⓛocalhost'])('%s', async (host) => {
    await expect(get(`https://${host}/v.mp4`)).rejects.toMatchObject({ name: 'VideoRejected' });
    expect(connections).toBe(0);
  });

  test.each([
    'http://127.0.0.1:8081',
    'https://127.0.0.1:8080',
    'http://127.0.0.2:8080',
    'http://[::1]:8080',
  ])('%s, when only http://127.0.0.1:8080 is trusted', async (origin) => {
    const opening = get(`${origin}/v.mp4`, { trustedOrigins: ['http://127.0.0.1:8080'] });
    await expect(opening).rejects.toMatchObject({ name: 'VideoRejected' });
    expect(connections).toBe(0);
  });

  test('anything but https at its own port, or with credentials', async () => {
    for (const link of [
      'ftp://cdn.example/',
      'file:///etc/passwd',
      'https://cdn.example:22/',
      'https://a:b@cdn.example/',
      'https://a@cdn.example/',
      'https://:b@cdn.example/',
    ])
      await expect(get(link, names([PUBLIC]))).rejects.toMatchObject({ name: 'VideoRejected' });
    expect(connections).toBe(0);
  });
});

/** A network in which every public address leads to this server, which has the certificate of MiniMax's hosts. */
async function startInternet(answer: RequestListener) {
  const origin = createServer({ key: pem('key'), cert: pem('certificate') }, answer);
  const port = await listenOnLoopback(origin);
  onTestFinished(() => void origin.close());
  const connected: string[] = [];
  const open: Network['open'] = (to) => {
    connected.push(to.host);
    return connect({ host: '127.0.0.1', port });
  };
  return { internet: { open, ca: pem('certificate') }, connected };
}

const CDN_HOSTS = [
  'cdn.hailuoai.com',
  'video-product.cdn.minimax.io',
  'filecdn.minimax.chat',
  'videos.oss-cn-shanghai.aliyuncs.com',
];

test.each(CDN_HOSTS.flatMap((host) => [`https://${host}`, `http://${host}`, `https://${host}:443`]))(
  '%s is connected to, over TLS, at the addresses that were checked',
  async (origin) => {
    const seen: (readonly (string | undefined)[])[] = [];
    const { internet, connected } = await startInternet(({ headers, url }, response) => {
      seen.push([headers.host, url, headers.authorization]);
      response.end('a video');
    });
    const { asked, network } = names([PUBLIC, '2606:4700::1111']);
    const { response, host } = await get(`${origin}/v.mp4?Signature=s`, {
      network: { ...network, ...internet },
    });
    expect([response.statusCode, await text(response)]).toEqual([200, 'a video']);
    expect(seen).toEqual([[host, '/v.mp4?Signature=s', undefined]]);
    expect([asked, connected, connections]).toEqual([[host], [PUBLIC], 1]);
  },
);

test('a name that changes its address after the check is still connected to at the checked one', async () => {
  const { internet, connected } = await startInternet((_request, response) => response.end('a video'));
  const { asked, network } = names([PUBLIC], ['169.254.169.254']);
  const policy = { network: { ...network, ...internet } };
  const { response } = await get('https://cdn.hailuoai.com/v.mp4', policy);
  expect(await text(response)).toBe('a video');
  expect([asked, connected]).toEqual([['cdn.hailuoai.com'], [PUBLIC]]);

  await expect(get('https://cdn.hailuoai.com/v.mp4', policy)).rejects.toMatchObject({
    name: 'VideoRejected',
  });
  expect(connected).toEqual([PUBLIC]);
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.100.1/2018-06-01/runtime/invocation/next',
  'https://[::1]/',
  '//127.1/',
  'https://inner.example/',
  'https://cdn.hailuoai.com:8443/',
  'gopher://cdn.hailuoai.com/',
  'https://user:word@cdn.hailuoai.com/',
])('a redirect to %s is not followed', async (location) => {
  const { internet, connected } = await startInternet((_request, response) =>
    response.writeHead(302, { location }).end(),
  );
  const lookup: Lookup = (name, _options, callback) =>
    callback(null, [toLookupAddress(name === 'inner.example' ? '10.0.0.1' : PUBLIC)]);
  await expect(
    get('https://cdn.hailuoai.com/v.mp4', { network: { ...internet, lookup } }),
  ).rejects.toMatchObject({
    name: 'VideoRejected',
  });
  expect(connected).toEqual([PUBLIC]);
});

test('a host without the certificate of its name gets no request', async () => {
  const seen: IncomingMessage[] = [];
  const { internet } = await startInternet((request, response) => {
    seen.push(request);
    response.end();
  });
  await expect(
    get('https://cdn.example/v.mp4', { network: { ...internet, ...names([PUBLIC]).network } }),
  ).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: cdn.example: ERR_TLS_CERT_ALTNAME_INVALID.',
  });
  expect(seen).toEqual([]);
});

test.each([301, 302, 303, 307, 308])('a redirect with HTTP %i is followed', async (status) => {
  const { internet } = await startInternet(({ url }, response) =>
    url === '/v.mp4' ? response.end('a video') : response.writeHead(status, { location: '/v.mp4' }).end(),
  );
  const { response } = await get('https://cdn.hailuoai.com/', {
    network: { ...internet, ...names([PUBLIC]).network },
  });
  expect(await text(response)).toBe('a video');
});

test('the connection to a silent host ends when the signal is aborted', async () => {
  const stopping = new AbortController();
  const { internet } = await startInternet(() => stopping.abort());
  const policy = {
    trustedOrigins: [],
    idleSeconds: 30,
    network: { ...internet, ...names([PUBLIC]).network },
  };
  await expect(guardedGet('https://cdn.hailuoai.com/', {}, policy, stopping.signal)).rejects.toMatchObject({
    name: 'VideoUnreachable',
  });
});

test('credentials are sent to no host, not even to a trusted origin', async () => {
  const trustedOrigins = ['http://127.0.0.1:8080'];
  await expect(get('http://me:secret@127.0.0.1:8080/', { trustedOrigins })).rejects.toMatchObject({
    name: 'VideoRejected',
    message: 'The link contains credentials for 127.0.0.1.',
  });
  expect(connections).toBe(0);
});

test('a name without any address is VideoUnreachable', async () => {
  await expect(get('https://cdn.example/v.mp4', names([]))).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: cdn.example: the name has no address.',
  });
});

test('a name that cannot be resolved is VideoUnreachable', async () => {
  const lookup: Lookup = (_name, _options, callback) =>
    callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
  await expect(get('https://cdn.example/v.mp4', { network: { lookup } })).rejects.toMatchObject({
    name: 'VideoUnreachable',
    message: 'The download failed: cdn.example: ENOTFOUND.',
  });
});
