import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as sendRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ObjectStore, startObjectStore } from '../../../local/s3/object-store.ts';

let folder: string;
let store: ObjectStore;
let client: AwsClient;
let before: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  store = await startObjectStore({ folder: join(folder, 'objects'), buckets: ['b'] });
  client = new AwsClient({ ...store.credentials, service: 's3', region: 'us-east-1', retries: 0 });
  await put('a/b.json', '{}', 'application/json');
});
beforeEach(async () => {
  before = await files();
});
afterAll(async () => {
  await store.stop();
  await rm(folder, { recursive: true });
});

/** Every file of the folder that contains the store's folder. */
async function files(): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

function put(key: string, body: string, type: string): Promise<Response> {
  const url = `${store.url}/b/${key}`;
  return client.fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });
}

/** Sends a target unchanged, which `fetch` would normalize. */
async function raw(
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(store.url);
  const sending = sendRequest({ hostname, port, method, path });
  sending.end(method === 'PUT' ? 'x' : undefined);
  const [response] = await once(sending, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

test.each([
  ['InvalidArgument', '/b/../secret'],
  ['InvalidArgument', '/b/a/../../../secret'],
  ['InvalidArgument', '/b/%2e%2e/secret'],
  ['InvalidArgument', '/b/%2E./secret'],
  ['InvalidArgument', '/b/a%2f..%2f..%2fsecret'],
  ['InvalidArgument', '/b/./a'],
  ['InvalidArgument', '/b/a/.'],
  ['InvalidArgument', '/b//etc/passwd'],
  ['InvalidArgument', '/b/a//b.json'],
  ['InvalidArgument', '/b/a/'],
  ['InvalidArgument', '/b/a%5c..%5cb'],
  ['InvalidURI', '/b/a\\..\\b'],
  ['InvalidArgument', '/b/a%00b'],
  ['InvalidArgument', '/b/a%0d%0ab'],
  ['InvalidArgument', '/b/a%7fb'],
  ['InvalidArgument', '/b/a%c2%85b'],
  ['InvalidURI', '/b/a+b'],
  ['InvalidURI', '/b/%zz'],
  ['InvalidURI', '/b/%ff'],
  ['InvalidArgument', '/b/a._S3rver_object'],
  ['InvalidArgument', '/b/._S3rver_uploads/x/key'],
  ['InvalidArgument', '/b/a%2e_s3rver_metadata.json'],
  ['InvalidArgument', '/b/.~a/b'],
  ['KeyTooLongError', `/b/${'a/'.repeat(512)}b`],
])('answers 400 %s to the path %s', async (code, path) => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status, text } = await raw(method, path);
    expect(text).toContain(`<Error><Code>${code}</Code>`);
    expect(status).toBe(400);
  }
  expect(await files()).toEqual(before);
});

test.each(['/../secret', '/..%2fsecret', '/c/a', '/%2e%2e/secret', '/'])(
  'knows no bucket in the path %s',
  async (path) => {
    const { status, text } = await raw('PUT', path);
    expect(text).toContain('<Code>NoSuchBucket</Code>');
    expect(status).toBe(404);
    expect(await files()).toEqual(before);
  },
);

test.each([300, 256])('answers 400 to a key with a segment of %i bytes', async (bytes) => {
  const answer = await put('a'.repeat(bytes), 'x', 'application/json');
  expect(answer.status).toBe(400);
  expect(await files()).toEqual(before);
});

test('reads dots that are encoded twice as an ordinary name', async () => {
  await put('%252e%252e/%252e%252e/x', 'x', 'application/json');
  const made = (await files()).filter((name) => !before.includes(name));
  expect(made.every((name) => name.startsWith('objects/b/%2e%2e'))).toBe(true);
  expect(await (await client.fetch(`${store.url}/b/%252e%252e/%252e%252e/x`)).text()).toBe('x');
});

test.each([
  ['PUT', 'c'],
  ['PUT', 'b'],
  ['DELETE', 'b'],
  ['PUT', 'b?website'],
  ['PUT', 'b?cors'],
  ['PUT', 'b/a/b.json?tagging'],
  ['GET', 'b/a/b.json?acl'],
  ['POST', 'b?delete'],
  ['POST', 'b'],
  ['OPTIONS', 'b/a/b.json'],
  ['GET', ''],
])('does not support a signed %s %s', async (method, path) => {
  const { status } = await client.fetch(`${store.url}/${path}`, { method });
  expect([404, 501]).toContain(status);
  expect(await files()).toEqual(before);
});

test.each(['/b/a/b.json', '/c/a', '/../../etc/passwd'])('copies nothing from %s', async (source) => {
  const headers = { 'x-amz-copy-source': source };
  expect((await client.fetch(`${store.url}/b/copy`, { method: 'PUT', headers })).status).toBe(501);
  expect(await files()).toEqual(before);
});

test.each([
  ['uploadId=..%2F..&partNumber=1', 404],
  ['uploadId=../../../x&partNumber=1', 404],
  [`uploadId=${'0'.repeat(32)}&partNumber=..%2Fx`, 400],
  [`uploadId=${'0'.repeat(32)}&partNumber=1`, 404],
])('stores no part with %s', async (query, expected) => {
  const { status } = await client.fetch(`${store.url}/b/part?${query}`, { method: 'PUT', body: 'x' });
  expect(status).toBe(expected);
  expect(await files()).toEqual(before);
});

test('stores nothing of a body that differs from the signed one', async () => {
  const headers = { 'x-amz-content-sha256': 'a'.repeat(64) };
  const answer = await client.fetch(`${store.url}/b/a/b.json`, {
    method: 'PUT',
    body: 'x'.repeat(100_000),
    headers,
  });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  expect(await files()).toEqual(before);
  expect(await (await client.fetch(`${store.url}/b/a/b.json`)).text()).toBe('{}');
});

test('stores nothing of a body that is cut', async () => {
  const { headers } = await client.sign(`${store.url}/b/a/b.json`, { method: 'PUT' });
  const sending = sendRequest(`${store.url}/b/a/b.json`, {
    method: 'PUT',
    headers: { ...Object.fromEntries(headers), 'content-length': '100' },
  });
  sending.on('error', () => undefined);
  sending.write('x'.repeat(50));
  await expect.poll(files).not.toEqual(before);
  sending.destroy();
  await expect.poll(files).toEqual(before);
  expect(await (await client.fetch(`${store.url}/b/a/b.json`)).text()).toBe('{}');
});

test.each([
  ['video/mp4', 'video/mp4', null],
  ['image/png', 'image/png', null],
  ['text/html', 'application/octet-stream', 'attachment'],
  ['image/svg+xml', 'application/octet-stream', 'attachment'],
  ['application/xml', 'application/octet-stream', 'attachment'],
  ['text/html; charset=utf-8', 'application/octet-stream', 'attachment'],
])('serves an object of type %s as %s', async (stored, served, disposition) => {
  await put('it', '<script>alert(1)</script>', stored);
  const { headers } = await client.fetch(`${store.url}/b/it`);
  expect(headers.get('content-type')).toBe(served);
  expect(headers.get('content-disposition')).toBe(disposition);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain('sandbox');
});
