import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LocalEnvironment } from '../../../cli/environment.ts';
import { connectTo } from '../../../cli/service/connect.ts';
import { toWhere } from '../../../cli/service/where.ts';
import { type Listening, listen } from '../../../local/loopback-server.ts';
import { UsageError } from '../../../local/user-error.ts';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../../api/signed-front.ts';

const VIDEO = { video_id: 'v1', status: 'queued' };
const DEPLOYED = 'https://x.execute-api.eu-north-1.amazonaws.com/prod/videos';

let service: Listening;
let front: SignedFront;
beforeAll(async () => {
  service = await listen(createServer(), (_request, response) => void response.end(JSON.stringify(VIDEO)), 0);
  front = await startSignedFront(service.url);
});
afterAll(async () => {
  await front.stop();
  await service.stop();
});
beforeEach(() => {
  vi.unstubAllEnvs();
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});

const KEYLESS = { minimaxApiKey: undefined, hasAwsCredentials: false };
const SIGNED = { ...KEYLESS, hasAwsCredentials: true, awsRegion: REGION };

async function clientFor(url: string, environment: LocalEnvironment, key?: string) {
  const where = toWhere({ url, key, stack: undefined, local: false });
  return (await connectTo(where, { environment, signal: new AbortController().signal })).client;
}

test('signs with the AWS credentials of the person', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  const client = await clientFor(front.url, SIGNED);
  expect(await client.get('v1')).toEqual(VIDEO);
});

test('shows an API key instead of a signature', async () => {
  const client = await clientFor(front.url, KEYLESS, API_KEY);
  expect(await client.get('v1')).toEqual(VIDEO);
});

test('asks for a region where neither the address nor the environment names one', async () => {
  const connecting = clientFor('https://videos.example/videos', { ...SIGNED, awsRegion: undefined });
  await expect(connecting).rejects.toThrow(UsageError);
  await expect(connecting).rejects.toThrow(
    'The region of videos.example is not known; set AWS_REGION, or give --key.',
  );
});

test('asks for credentials where there are none, but not for a service on this machine', async () => {
  vi.stubEnv('HOME', '/nowhere');
  const got = clientFor(DEPLOYED, KEYLESS).then((client) => client.get('v1'));
  await expect(got).rejects.toThrow(UsageError);
  await expect(got).rejects.toThrow('There are no AWS credentials to sign with');
  const local = await clientFor(service.url, KEYLESS);
  expect(await local.get('v1')).toEqual(VIDEO);
});
