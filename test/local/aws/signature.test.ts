import { createServer, type IncomingMessage, request as sendRequest } from 'node:http';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AwsClient, AwsV4Signer } from 'aws4fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCredentials } from '../../../local/aws/credentials.ts';
import { createSignatureVerifier } from '../../../local/aws/signature.ts';
import { type Listening, listen } from '../../../local/loopback-server.ts';

const credentials = createCredentials();
const { verify } = createSignatureVerifier(credentials);
const MINUTE_MS = 60_000;
let server: Listening;

/** Answers with the fault of the signature. For S3 the verifier does not get the body. */
beforeAll(async () => {
  server = await listen(
    createServer(),
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const isJson = request.headers['x-amz-target'] !== undefined;
      const fault = await verify(
        request,
        [isJson ? 'states' : 's3'],
        isJson ? Buffer.concat(chunks) : undefined,
      );
      response.writeHead(fault === undefined ? 200 : 403).end(fault?.code ?? 'signed');
    },
    0,
  );
});
afterAll(() => server.stop());

async function send(url: string, init: RequestInit = {}): Promise<string> {
  return (await fetch(url, init)).text();
}

function client(): AwsClient {
  return new AwsClient({ ...credentials, region: 'us-east-1', retries: 0 });
}

/** A presigned link of the SDK. */
function link(signingDate = new Date(), expiresIn = 60): Promise<string> {
  const s3 = new S3Client({ region: 'us-east-1', endpoint: server.url, credentials, forcePathStyle: true });
  return getSignedUrl(s3, new GetObjectCommand({ Bucket: 'b', Key: "a/Lion (2) ä+!'*.mp4" }), {
    expiresIn,
    signingDate,
  });
}

/** A request with signed headers. `changes` are signed instead of what is sent. */
async function signed(changes: Partial<ConstructorParameters<typeof AwsV4Signer>[0]> = {}, body = '{"a":1}') {
  const signer = new AwsV4Signer({
    method: 'POST',
    url: `${server.url}/`,
    headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
    ...credentials,
    service: 'states',
    region: 'us-east-1',
    body,
    ...changes,
  });
  const { headers } = await signer.sign();
  return { method: 'POST', headers, body };
}

test.each(['videos/1.mp4', "Lion (2) ä+!'*~.json", 'a b/%41/c=&?#'])(
  'accepts what aws4fetch and the SDK sign for the key %j',
  async (key) => {
    const path = ['b', ...key.split('/')].map(encodeURIComponent).join('/');
    const own = await client().fetch(`${server.url}/${path}?uploads=`, {
      method: 'PUT',
      aws: { service: 's3' },
    });
    expect(await own.text()).toBe('signed');
    const s3 = new S3Client({ region: 'us-east-1', endpoint: server.url, credentials, forcePathStyle: true });
    const put = new PutObjectCommand({
      Bucket: 'b',
      Key: key,
      Body: 'x',
      ContentType: 'image/png',
      Metadata: { a: 'b  c' },
    });
    expect((await s3.send(put)).$metadata.httpStatusCode).toBe(200);
  },
);

test('accepts a link of the SDK until it expires', async () => {
  expect(await send(await link())).toBe('signed');
  expect(await send(await link(new Date(Date.now() - 50_000)))).toBe('signed');
  expect(await send(await link(new Date(Date.now() - 61_000)))).toBe('AccessDenied');
  expect(await send(await link(new Date(Date.now() + 20 * MINUTE_MS)))).toBe('RequestTimeTooSkewed');
});

test.each<[string, (url: string) => string, RequestInit?]>([
  ['another path', (url) => url.replace('/b/a/', '/b/c/')],
  ['another method', (url) => url, { method: 'PUT' }],
  ['a longer time', (url) => url.replace('Expires=60', 'Expires=600')],
  ['a time for ever', (url) => url.replace('Expires=60', 'Expires=999999')],
  ['a parameter more', (url) => `${url}&response-content-type=text%2Fhtml`],
  ['a parameter twice', (url) => `${url}&x-id=PutObject`],
  ['a parameter without a name', (url) => `${url}&=x`],
  ['a header of Amazon more', (url) => url, { headers: { 'x-amz-meta-task-id': '7' } }],
  ['another signature', (url) => url.replace(/Signature=./, (start) => `${start.slice(0, -1)}_`)],
  ['no signature', (url) => url.replace(/&X-Amz-Signature=\w+/, '')],
  ['another key', (url) => url.replace(/Credential=\w+/, 'Credential=S3RVER')],
  ['another region', (url) => url.replace('us-east-1', 'eu-west-1')],
  ['another service', (url) => url.replace('%2Fs3%2F', '%2Fstates%2F')],
  ['both a link and a header', (url) => url, { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a' } }],
  ['the second version', (url) => url.replace('AWS4-HMAC-SHA256', 'AWS')],
])('rejects a link with %s', async (_name, change, init) => {
  const url = change(await link());
  expect(await send(url, init)).not.toBe('signed');
});

test('accepts a call of AWS JSON with the hash of its body', async () => {
  expect(await send(server.url, await signed())).toBe('signed');
});

test.each<[string, () => Promise<RequestInit>]>([
  ['another body', async () => ({ ...(await signed()), body: '{"a":2}' })],
  [
    'another target',
    async () => withHeader(await signed(), 'x-amz-target', 'AWSStepFunctions.StopExecution'),
  ],
  [
    'an unsigned payload',
    () => signed({ headers: { 'x-amz-target': 'a', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
  ],
  ['another host', () => signed({ url: 'http://127.0.0.1:1/' })],
  ['another service', () => signed({ service: 'secretsmanager' })],
  ['another region', () => signed({ region: 'eu-west-1' })],
  ['another secret', () => signed({ secretAccessKey: 'S3RVER' })],
  ['the old constants', () => signed({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' })],
  ['a time 16 minutes ago', () => signed({ datetime: timeIn(-16) })],
  ['a time in 16 minutes', () => signed({ datetime: timeIn(16) })],
  ['no date', async () => withHeader(await signed(), 'x-amz-date', undefined)],
  ['no signature', async () => withHeader(await signed(), 'authorization', undefined)],
  ['the second version', async () => withHeader(await signed(), 'authorization', 'AWS S3RVER:c2lnbmF0dXJl')],
])('rejects a call of AWS JSON with %s', async (_name, make) => {
  expect(await send(server.url, await make())).not.toBe('signed');
});

test('rejects a signature that does not cover the host', async () => {
  const { headers } = await signed();
  const withoutHost = headers.get('authorization')?.replace('SignedHeaders=host;', 'SignedHeaders=') ?? '';
  const request = { method: 'POST', headers: { ...Object.fromEntries(headers), authorization: withoutHost } };
  const answered = Promise.withResolvers<IncomingMessage>();
  sendRequest(server.url, request, answered.resolve).end('{"a":1}');
  expect((await answered.promise).statusCode).toBe(403);
});

function timeIn(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
}

function withHeader(
  init: { readonly headers: Headers },
  name: string,
  value: string | undefined,
): RequestInit {
  const headers = new Headers(init.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...init, headers };
}
