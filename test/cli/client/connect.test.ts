import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../../cli/client/connect.ts';
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

const signed = { key: undefined, hasAwsCredentials: true, awsRegion: REGION };

test('signs with the AWS credentials of the person', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  expect(await connect({ url: `${front.url}/videos`, ...signed }).get('v1')).toEqual(VIDEO);
});

test('shows an API key instead of a signature', async () => {
  const url = `${front.url}/videos`;
  expect(await connect({ url, key: API_KEY, hasAwsCredentials: false }).get('v1')).toEqual(VIDEO);
});

test('asks for a region where neither the address nor the environment names one', () => {
  const access = { url: 'https://videos.example/videos', ...signed, awsRegion: undefined };
  expect(() => connect(access)).toThrow(UsageError);
  expect(() => connect(access)).toThrow(
    'The region of videos.example is not known; set AWS_REGION, or give --key.',
  );
});

test('asks for credentials where there are none, but not for a service on this machine', async () => {
  vi.stubEnv('HOME', '/nowhere');
  const got = connect({ url: DEPLOYED, key: undefined, hasAwsCredentials: false }).get('v1');
  await expect(got).rejects.toThrow(UsageError);
  await expect(got).rejects.toThrow('There are no AWS credentials to sign with');
  const local = connect({ url: `${service.url}/videos`, key: undefined, hasAwsCredentials: false });
  expect(await local.get('v1')).toEqual(VIDEO);
});
