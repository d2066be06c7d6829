import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { sendApiRequest } from '../../../cli/client/api-requests.ts';
import { withKey, withSignature } from '../../../cli/client/authorize.ts';
import { type Listening, listen } from '../../../local/loopback-server.ts';
import { UsageError } from '../../../local/user-error.ts';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../../api/signed-front.ts';

let service: Listening;
let front: SignedFront;
beforeAll(async () => {
  service = await listen(createServer(), (_request, response) => void response.end('{}'), 0);
  front = await startSignedFront(service.url);
});
afterAll(async () => {
  await front.stop();
  await service.stop();
});
beforeEach(() => {
  vi.unstubAllEnvs();
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});

const aws = { hasCredentials: true, region: REGION };

function send(path: string, authorize: Parameters<typeof sendApiRequest>[1]['authorize'], body?: string) {
  return sendApiRequest(
    {
      method: body === undefined ? 'GET' : 'POST',
      url: new URL(`${front.url}${path}`),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'order 17' },
      body,
    },
    { authorize },
  );
}

test.each([
  ['/videos', '{"text_inputs":[{"value":"Löwe"}]}'],
  ['/videos/0497035b-6cdb-5cfa-9d4f-bb44459cf9e1', undefined],
])('signs a request to %s', async (path, body) => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  const response = await send(path, withSignature(`${front.url}/videos`, aws), body);
  expect(response.status).toBe(200);
});

test('is rejected with another secret', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another secret');
  await expect(send('/videos', withSignature(`${front.url}/videos`, aws))).rejects.toThrow('HTTP 403');
});

test('sends the token of temporary credentials', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', 'a token');
  const authorize = withSignature(`${front.url}/videos`, aws);
  const headers = await authorize({ method: 'GET', url: new URL(`${front.url}/videos`), headers: {} });
  expect(headers).toMatchObject({
    'x-amz-security-token': 'a token',
    authorization: expect.stringContaining('SignedHeaders=host;x-amz-date;x-amz-security-token,'),
  });
});

test('shows an API key instead of a signature', async () => {
  expect((await send('/videos', withKey(API_KEY))).status).toBe(200);
  await expect(send('/videos', withKey('wrong'))).rejects.toThrow('HTTP 403');
});

test('takes the region of the address, or else that of the environment', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  const scopeOf = async (url: string, region: string | undefined) => {
    const authorize = withSignature(url, { hasCredentials: true, region });
    const { authorization } = await authorize({ method: 'GET', url: new URL(url), headers: {} });
    return /\/([\w-]+)\/execute-api\/aws4_request/.exec(authorization ?? '')?.[1];
  };
  const own = 'https://x.execute-api.eu-north-1.amazonaws.com/prod/videos';
  expect(await scopeOf(own, 'us-east-1')).toBe('eu-north-1');
  expect(await scopeOf('https://videos.example/videos', 'us-east-1')).toBe('us-east-1');
  await expect(scopeOf('https://videos.example/videos', undefined)).rejects.toThrow(
    'The region of videos.example is not known; set AWS_REGION, or give --key.',
  );
});

test('asks for credentials where there are none, but not for a service on this machine', async () => {
  vi.stubEnv('HOME', '/nowhere');
  const deployed = 'https://x.execute-api.eu-north-1.amazonaws.com/prod/videos';
  const signed = withSignature(deployed, { hasCredentials: false, region: undefined });
  const request = { method: 'GET', url: new URL(deployed), headers: {} } as const;
  await expect(signed(request)).rejects.toThrow(UsageError);
  await expect(signed(request)).rejects.toThrow('There are no AWS credentials to sign with');
  const local = withSignature(`${front.url}/videos`, { hasCredentials: false, region: undefined });
  expect(await local(request)).toEqual({});
});
