import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toAuthorize } from '../../client/authorize.ts';
import { type ClientOptions, createClient } from '../../client/index.ts';
import { type Listening, listen } from '../../local/loopback-server.ts';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../api/signed-front.ts';

/** An answer to every call, about the video of the address. */
function answerTo(path = ''): object {
  const [, named = 'v1'] = /\/videos\/([^?]+)/.exec(path) ?? [];
  return { video_id: decodeURIComponent(named), status: 'queued', videos: [] };
}

let service: Listening;
let front: SignedFront;
beforeAll(async () => {
  service = await listen(
    createServer(),
    ({ url }, response) => void response.end(JSON.stringify(answerTo(url))),
    0,
  );
  front = await startSignedFront(service.url);
});
afterAll(async () => {
  await front.stop();
  await service.stop();
});

const clientWith = (options: Omit<ClientOptions, 'url'>) => createClient({ url: front.url, ...options });
const signing = { credentials: CREDENTIALS, region: REGION };

test('signs every kind of request', async () => {
  const videos = clientWith(signing);
  await videos.start(
    { template_id: '1', text_inputs: [{ value: 'Löwe' }] },
    { idempotencyKey: "order 17 * (a+b) 'c'" },
  );
  await videos.get('0497035b-6cdb-5cfa-9d4f-bb44459cf9e1');
  await videos.get('Löwe.7-x_y');
  await videos.cancel('v1');
  for await (const page of videos.list({ metadata: { shop: 'Café & Co. (1+1)*' } }).pages())
    expect(page.videos).toEqual([]);
  expect(front.refused()).toBe(0);
});

test('asks a provider of credentials before each attempt', async () => {
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return CREDENTIALS;
  };
  front.interfere('GET', [503, 503]);
  await clientWith({ credentials, region: REGION, firstPauseMs: 1 }).get('v1');
  expect(asked).toBe(3);
});

test('is rejected with another secret, and does not show it', async () => {
  const credentials = { ...CREDENTIALS, secretAccessKey: 'another secret' };
  const error = await clientWith({ credentials, region: REGION })
    .get('v1')
    .catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'ApiError', status: 403 });
  expect(JSON.stringify({ ...error, message: (error as Error).message })).not.toContain('secret');
});

test('shows an API key instead of a signature', async () => {
  expect(await clientWith({ apiKey: API_KEY }).get('v1')).toMatchObject({ video_id: 'v1' });
  await expect(clientWith({ apiKey: 'wrong' }).get('v1')).rejects.toThrow('HTTP 403');
});

const request = { method: 'GET', url: new URL('https://videos.example/videos'), headers: {} } as const;

test('sends the token of temporary credentials', async () => {
  const credentials = { ...CREDENTIALS, sessionToken: 'a token' };
  expect(await toAuthorize({ credentials, region: REGION }, request.url)(request)).toMatchObject({
    'x-amz-security-token': 'a token',
    authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token,'),
  });
});

test('takes the region of the address, or else that of the options', async () => {
  const scopeOf = async (address: string, region: string | undefined) => {
    const url = new URL(address);
    const { authorization } = await toAuthorize(
      { credentials: CREDENTIALS, region },
      url,
    )({ ...request, url });
    return /\/([\w-]+)\/execute-api\/aws4_request/.exec(authorization ?? '')?.[1];
  };
  const own = 'https://x.execute-api.eu-north-1.amazonaws.com/prod/videos';
  expect(await scopeOf(own, 'us-east-1')).toBe('eu-north-1');
  expect(await scopeOf(request.url.href, 'us-east-1')).toBe('us-east-1');
  await expect(scopeOf(request.url.href, undefined)).rejects.toThrow('region of videos.example is not known');
});

test('takes a key or credentials, not both', () => {
  expect(() => clientWith({ ...signing, apiKey: API_KEY })).toThrow(TypeError);
});

test('takes no key that could not be sent, and does not show it', () => {
  expect(() => clientWith({ apiKey: 'a-secret\n' })).toThrow(TypeError);
  expect(() => clientWith({ apiKey: 'a-secret\n' })).not.toThrow(/secret/);
});

test.each([
  ['http://videos.example/videos', 'is not https'],
  ['https://me:secret@videos.example/videos', 'has a user name or password in it'],
  ['https://videos.example/videos?a=1', 'has a query'],
  ['ftp://videos.example/videos', 'is no web address'],
  ['/videos', 'is no URL'],
])('sends a key to no such address: %s', (url, why) => {
  expect(() => createClient({ url, apiKey: API_KEY })).toThrow(why);
  expect(() => createClient({ url, apiKey: API_KEY })).not.toThrow(/secret/);
});
