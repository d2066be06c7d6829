import { setTimeout as after } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PageServer, startPageServer } from '../../../cli/page/server.ts';
import type { RunCredentials } from '../../../local/aws/credentials.ts';
import { readTemplate, writeTemplate } from '../../harness/assembly.ts';
import {
  API_KEY,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../../harness/running-service.ts';
import {
  type Call,
  callsOf,
  type PageProgram,
  pageCallsOf,
  SECRET_ITEM,
  SECRET_KEY,
  SECRET_TEXT,
  TABLE,
  TABLE_RESOURCE,
  type Tampering,
  toBytes,
} from './calls.ts';
import { malformedRequests } from './malformed.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';
import { snapshotOf } from './snapshot.ts';

const CALL_NAMES = [
  'the API starts a video',
  'the API lists videos',
  'the service gives the page',
  'the API makes an address for an upload',
  'S3 reads an object',
  'S3 writes an object',
  'S3 deletes an object',
  'S3 lists a bucket',
  'secretsmanager.GetSecretValue',
  'AWSStepFunctions.StartExecution',
  'AWSEvents.PutEvents',
  'DynamoDB_20120810.GetItem',
  'DynamoDB_20120810.PutItem',
  'the simulator makes a task',
  'the page program gives the page',
  'the page program lists videos',
  'the page program starts a video',
] as const;

let stack: SimulatedStack;
let running: RunningService;
let page: PageServer;
let credentials: RunCredentials;
let calls: ReadonlyMap<string, Call>;
let before: unknown;

beforeAll(async () => {
  stack = await synthesizeForSimulator();
  const { Resources, ...template } = await readTemplate(stack.assembly);
  await writeTemplate(stack.assembly, { ...template, Resources: { ...Resources, [TABLE]: TABLE_RESOURCE } });
  running = await serve(stack);
  await put(SECRET_ITEM);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } =
    running.service.environment;
  credentials = { accessKeyId, secretAccessKey };
  page = await startPageServer({ videosUrl: `${running.service.url}/videos`, access: {}, isLocal: true });
  const all = [...callsOf(running), ...pageCallsOf(await enter(page))];
  calls = new Map(all.map((call) => [call.name, call]));
  const stored = await s3().fetch(secretUrl(), { method: 'PUT', body: SECRET_TEXT });
  expect(stored.status).toBe(200);
});
beforeEach(async () => {
  before = await everything();
});
afterAll(async () => {
  await page.stop();
  await running.stop();
  await stack.stop();
});

/** Opens the address of the page program, as a browser does. */
async function enter({ address, url }: PageServer): Promise<PageProgram> {
  const answer = await fetch(address);
  const [, inside = ''] = /url=([^"]+)"/.exec(await answer.text()) ?? [];
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  return { url, inside, cookie };
}

const s3 = () => new AwsClient({ ...credentials, service: 's3', region: 'us-east-1', retries: 0 });
const secretUrl = () => `${running.service.url}/${running.service.deployment.buckets[0]}/${SECRET_KEY}`;

async function put(Item: object): Promise<void> {
  const body = Buffer.from(JSON.stringify({ TableName: TABLE, Item }));
  expect((await running.service.tables.call('DynamoDB_20120810.PutItem', body)).status).toBe(200);
}

function callOf(name: string): Call {
  const call = calls.get(name);
  if (call === undefined) throw new Error(`There is no call ${name}.`);
  return call;
}

const everything = (): Promise<unknown> => snapshotOf(running, stack.folder);

/** The request has read nothing. */
function expectNoSecret({ text }: RawAnswer): void {
  for (const secret of [API_KEY, SECRET_TEXT, credentials.secretAccessKey, 'X-Amz-Signature'])
    expect(text).not.toContain(secret);
}

/** The request has read, written, started and ended nothing. */
async function expectNothing(answer: RawAnswer): Promise<void> {
  expectNoSecret(answer);
  await expectService();
  // The partial file of a cut upload is removed after its connection has ended.
  await expect.poll(everything).toEqual(before);
}

/** A group of requests has written, started and ended nothing. An effect may come later than its answer, hence the pause. */
function expectNoEffect(): void {
  let beforeGroup: unknown;
  beforeAll(async () => {
    beforeGroup = await everything();
  });
  afterAll(async () => {
    await after(LATE_EFFECT_MS);
    await expectService();
    expect(await everything()).toEqual(beforeGroup);
  });
}

const LATE_EFFECT_MS = 150;

async function expectService(): Promise<void> {
  expect((await fetch(`${running.service.url}/templates`)).status).toBe(200);
  expect(await (await s3().fetch(secretUrl())).text()).toBe(SECRET_TEXT);
  const key = { headers: { authorization: `Bearer ${API_KEY}` } };
  const { status } = await fetch(
    `${running.simulator.url}/v1/query/video_template_generation?task_id=0`,
    key,
  );
  expect(status).toBe(200);
  expect((await fetch(page.address)).status).toBe(200);
}

async function send(
  name: string,
  tampering: Tampering = {},
  changes: Partial<Call> = {},
): Promise<RawAnswer> {
  const call = { ...callOf(name), ...changes };
  return sendRaw(call.url, await toBytes(call, credentials, tampering));
}

test('has a call for every listener and protocol', () => {
  expect([...calls.keys()]).toEqual([...CALL_NAMES]);
});

test.each(CALL_NAMES.filter((name) => !/starts|Start|task|deletes|writes|PutEvents|PutItem/.test(name)))(
  'admits a correct request: %s',
  async (name) => {
    const { origin } = new URL(callOf(name).url);
    const isDone = (status: number | undefined): boolean => status === 200 || status === 201;
    expect((await send(name)).status).toSatisfy(isDone);
    const headers = { origin, 'sec-fetch-site': 'same-origin' };
    const { status } = await send(name, { headers });
    // The type of AWS JSON is not application/json, which a page has to send.
    if (callOf(name).headers['x-amz-target'] === undefined) expect(status).toSatisfy(isDone);
    else expect(status).toBe(415);
  },
);

/** What marks a request as foreign. Everything else in it is correct, the signature too. */
const FOREIGN: Readonly<Record<string, (port: string) => Tampering>> = {
  'a foreign Host': () => ({ host: 'evil.test' }),
  'a Host that was bound to this address': (port) => ({ host: `evil.test:${port}` }),
  'a Host of another port': () => ({ host: '127.0.0.1:1' }),
  'a Host without a port': () => ({ host: '127.0.0.1' }),
  'a Host of another spelling': (port) => ({ host: `127.0.0.1.:${port}` }),
  'a foreign Origin': () => ({ headers: { origin: 'https://evil.test' } }),
  'a sibling Origin': () => ({ headers: { origin: 'http://127.0.0.1:1' } }),
  'an Origin of this port on localhost': (port) => ({ headers: { origin: `http://localhost:${port}` } }),
  'an Origin of another scheme': (port) => ({ headers: { origin: `https://127.0.0.1:${port}` } }),
  'the Origin null': () => ({ headers: { origin: 'null' } }),
  'an empty Origin': () => ({ headers: { origin: '' } }),
  'no Origin, from another site': () => ({ headers: { 'sec-fetch-site': 'cross-site' } }),
  'no Origin, from another port': () => ({ headers: { 'sec-fetch-site': 'same-site' } }),
};

describe.each(CALL_NAMES)('rejects %s', (name) => {
  expectNoEffect();

  test.each(Object.keys(FOREIGN))('with %s', async (foreign) => {
    const answer = await send(name, FOREIGN[foreign]?.(new URL(callOf(name).url).port));
    expect(answer.status).toBe(403);
    expectForm(answer, callOf(name));
    expectNoSecret(answer);
  });

  test.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'Multipart/Form-Data ;boundary=x',
  ])('as a form of the type %s, with or without an Origin', async (type) => {
    const { origin } = new URL(callOf(name).url);
    const both: readonly Record<string, string>[] = [
      { 'content-type': type },
      { 'content-type': type, origin },
    ];
    for (const headers of both) {
      const answer = await send(name, { headers }, { method: 'POST' });
      expect(answer.status).toBe(415);
      expectForm(answer, callOf(name));
      expectNoSecret(answer);
    }
  });

  test('as a form of the type text/plain from a page', async () => {
    const { origin } = new URL(callOf(name).url);
    const answer = await send(
      name,
      { headers: { 'content-type': 'text/plain', origin } },
      { method: 'POST' },
    );
    expect(answer.status).toBe(415);
    expectNoSecret(answer);
  });
});

/** A rejection has the form of the protocol of its request. */
function expectForm({ text }: RawAnswer, { service, headers }: Call): void {
  const type = /\r\ncontent-type: ([^\r;]+)/i.exec(text)?.[1];
  if (service === 's3') expect(type).toBe('application/xml');
  else if (service === undefined) expect(type).toBe('application/problem+json');
  else expect([headers['content-type'], 'application/x-amz-json-1.1']).toContain(type);
}

const OLD = new Date(Date.now() - 16 * 60_000).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');

const UNPROVEN: Readonly<Record<string, Tampering>> = {
  'without a signature': { isUnsigned: true },
  'with the well-known credentials of s3rver': {
    signed: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  },
  'with a wrong signature': { signed: { secretAccessKey: 'another' } },
  'with an old signature': { signed: { datetime: OLD } },
  'with the signature for another path': { signed: { url: 'http://127.0.0.1/other' } },
  'with the signature for another method': { signed: { method: 'PATCH' } },
  'with the signature for another host': { signed: { url: 'http://127.0.0.1:1/' } },
  'with the signature for another service': { signed: { service: 'sqs' } },
  'with the signature for another body': {
    signed: { body: 'another' },
    headers: { 'x-amz-content-sha256': 'a'.repeat(64) },
  },
  'with the signature of version 2': {
    isUnsigned: true,
    headers: { authorization: 'AWS S3RVER:AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
  },
};

const AWS_NAMES = CALL_NAMES.filter((name) => /^(S3|AWS|secrets|DynamoDB)/.test(name));

describe.each(AWS_NAMES)('rejects %s', (name) => {
  expectNoEffect();

  test.each(Object.keys(UNPROVEN))('%s', async (how) => {
    const answer = await send(name, UNPROVEN[how]);
    expect(answer.status).toBe(403);
    expectForm(answer, callOf(name));
    expectNoSecret(answer);
  });
});

test('opens no object with an expired link, or with the link of another object', async () => {
  const link = async (changes: object) => {
    const { url } = await s3().sign(secretUrl(), { aws: { signQuery: true, ...changes } });
    return url;
  };
  const old = new Date(Date.now() - 25 * 3_600_000).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const good = await link({});
  expect(await (await fetch(good)).text()).toBe(SECRET_TEXT);
  for (const url of [
    await link({ datetime: old }),
    good.replace('job.json', 'other.json'),
    good.replace('Expires=86400', 'Expires=90000'),
  ]) {
    const answer = await fetch(url);
    expect(answer.status).toBe(403);
    await expectNothing({ status: 403, text: await answer.text() });
  }
  expect((await fetch(good, { method: 'DELETE' })).status).toBe(403);
  await expectNothing({ status: 403, text: '' });
});

test('opens a link that a person follows from a foreign page, and not for the script of that page', async () => {
  const { url } = await s3().sign(secretUrl(), { aws: { signQuery: true } });
  const { pathname, search, host } = new URL(url);
  const get = (header: string) =>
    sendRaw(url, `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n${header}\r\n\r\n`);
  expect((await get('sec-fetch-site: cross-site')).status).toBe(200);
  await expectNothing(await get('origin: https://evil.test\r\nsec-fetch-site: cross-site'));
});

test('redirects a request for localhost to 127.0.0.1', async () => {
  const { port, host } = new URL(running.service.url);
  const answer = await sendRaw(
    running.service.url,
    `GET /videos?limit=1 HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`,
  );
  expect(answer.status).toBe(308);
  expect(answer.text).toContain(`location: http://${host}/videos?limit=1\r\n`);
  const unsent = await send('secretsmanager.GetSecretValue', { host: `localhost:${port}` });
  expect(unsent.status).toBe(403);
  await expectNothing(unsent);
});

/** S3 answers an unknown operation with 501, MiniMax any refusal with HTTP 200 and a code. A half request may get no answer. */
function isRefused({ status, text }: RawAnswer): boolean {
  if (status === undefined || status === 501 || (status >= 400 && status < 500)) return true;
  return status === 200 && /"status_code":[1-9]/.test(text);
}

describe.each(['the service', 'the simulator', 'the page program'])('%s survives', (listener) => {
  expectNoEffect();

  const urlOf = (): string => {
    if (listener === 'the page program') return page.url;
    return listener === 'the service' ? running.service.url : running.simulator.url;
  };

  test.each(['/', '/videos', 'a bucket', 'an object'])('300 malformed requests for %s', async (where) => {
    const url = urlOf();
    const [bucket = ''] = running.service.deployment.buckets;
    const paths: Readonly<Record<string, string>> = {
      'a bucket': `/${bucket}`,
      'an object': `/${bucket}/${SECRET_KEY}`,
    };
    const requests = malformedRequests(300, { path: paths[where] ?? where, host: new URL(url).host });
    for (let from = 0; from < requests.length; from += 50) {
      const batch = requests.slice(from, from + 50);
      const answers = await Promise.all(
        batch.map(({ bytes }, index) => sendRaw(url, bytes, { isTruncated: index % 3 === 0, waitMs: 300 })),
      );
      for (const { text } of answers) expect(text).not.toContain(SECRET_TEXT);
      const accepted = answers.flatMap((answer, index) =>
        isRefused(answer) ? [] : [`${batch[index]?.name}: ${answer.status}`],
      );
      expect(accepted).toEqual([]);
    }
    await expectNothing({ status: undefined, text: '' });
  });

  test('signed requests whose bodies are cut', async () => {
    const own = [...calls.values()].filter(({ url, body }) => url === urlOf() && body !== '');
    for (const call of own) {
      const bytes = await toBytes(call, credentials);
      const answer = await sendRaw(call.url, bytes.slice(0, -call.body.length / 2), { isTruncated: true });
      await expectNothing(answer);
    }
  });
});
