import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';
import type { RetryableName } from '../../../lambdas/core/download/retryable.ts';
import { FAILURES, Failure, type FailureName, INCONCLUSIVE_QUERY } from '../../../lambdas/core/failure.ts';
import type { Content } from '../../../lambdas/io/aws/upload-parts.ts';
import { download } from '../../../lambdas/io/download/download.ts';
import { probeImage } from '../../../lambdas/io/image/probe.ts';
import { createMiniMax, type MiniMax } from '../../../lambdas/io/minimax/client.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';

const signal = new AbortController().signal;
const taskNamed = (task_id: string) => ({ task_id, kind: 'template' as const });
const REQUEST = { template_id: '393769180141805569', text_inputs: [{ value: 'Lion' }] };
const BALANCE = { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } };
const ENVELOPE = {
  type: 'error',
  error: { type: 'insufficient_balance_error', message: 'insufficient balance (1008)', http_code: '402' },
  request_id: '0',
};

interface Body {
  readonly bytes: Buffer;
  readonly coding?: string;
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

const WITHOUT_WORD: Readonly<Record<string, Body>> = {
  'an empty body': { bytes: Buffer.alloc(0) },
  HTML: { bytes: Buffer.from('<html><body>Request blocked</body></html>') },
  'HTML in gzip': { bytes: gzipSync('<html>Request blocked</html>'), coding: 'gzip' },
  'JSON of another form': { bytes: json({ message: 'Forbidden', code: 1004 }) },
  'JSON of another form that speaks of a failure': { bytes: json({ status: 'failed', error: 'upstream' }) },
};
const WITH_WORD: Readonly<Record<string, Body>> = {
  'a base_resp': { bytes: json(BALANCE) },
  'a base_resp in gzip': { bytes: gzipSync(json(BALANCE)), coding: 'gzip' },
  'a base_resp after a byte order mark': { bytes: Buffer.concat([Buffer.from('\ufeff'), json(BALANCE)]) },
  'the other error form': { bytes: json(ENVELOPE) },
  'the other error form in br': { bytes: brotliCompressSync(json(ENVELOPE)), coding: 'br' },
};

const STATUSES = [
  200, 201, 202, 203, 206, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
  410, 411, 412, 413, 414, 415, 416, 418, 421, 422, 425, 426, 429, 431, 451, 499, 500, 501, 502, 503, 504,
  505, 507, 511, 520, 522, 524, 525, 529, 530, 599,
] as const;

/** At least one of each kind that the code tells apart. `npm run test:long` tries all. */
const SOME: readonly number[] = [200, 206, 302, 400, 401, 403, 404, 407, 410, 413, 429, 500, 503, 529, 599];
const TRIED = inject('isLong') ? STATUSES : STATUSES.filter((status) => SOME.includes(status));

async function startPeer(status: number, { bytes, coding }: Body, headers = '') {
  const coded = coding === undefined ? '' : `Content-Encoding: ${coding}\r\n`;
  const head = `HTTP/1.1 ${status} X\r\n${coded}${headers}Content-Length: ${bytes.length}\r\n\r\n`;
  return startRawPeer((socket) => socket.end(Buffer.concat([Buffer.from(head), bytes])));
}

function client(host: string): MiniMax {
  return createMiniMax({ host, apiKey: async () => 'sk-test-0123456789', timeoutSeconds: 10 });
}

async function nameOf(outcome: Promise<unknown>): Promise<FailureName | undefined> {
  return outcome.then(
    () => undefined,
    (error: unknown) => (error instanceof Failure ? error.name : undefined),
  );
}

/** Without a word of MiniMax, a create is rejected or put off only where the status says that it was not passed on. */
function expectedOfCreate(status: number): FailureName {
  if (status === 429) return 'MiniMaxBusy';
  return [401, 403, 407].includes(status) ? 'MiniMaxRefused' : 'SubmitOutcomeUnknown';
}

describe.each(TRIED)('HTTP %i', (status) => {
  test.each(Object.entries(WITHOUT_WORD))('with %s judges no key and ends no task', async (_name, body) => {
    const { host, requests } = await startPeer(status, body);
    const created = await nameOf(client(host).createTask(REQUEST, { signal }));
    expect([created, requests()]).toEqual([expectedOfCreate(status), 1]);
    const money = created && FAILURES[created].moneySpent;
    expect(money).toBe(created === 'SubmitOutcomeUnknown' ? 'maybe' : 'no');
    const asked = await nameOf(client(host).queryTask(taskNamed('17'), signal));
    expect(INCONCLUSIVE_QUERY).toContain(asked);
  });

  test.each(Object.entries(WITH_WORD))('with %s is judged by that', async (_name, body) => {
    const { host, requests } = await startPeer(status, body);
    expect(await nameOf(client(host).createTask(REQUEST, { signal }))).toBe('InsufficientBalance');
    expect(requests()).toBe(1);
    expect(await nameOf(client(host).queryTask(taskNamed('17'), signal))).toBe('MiniMaxUnavailable');
  });

  test.each(Object.entries({ ...WITHOUT_WORD, ...WITH_WORD }))(
    'with %s in the place of a video is asked for again, and nothing is stored',
    async (_name, body) => {
      const { host, requests } = await startPeer(status, body);
      const rules = { trustedOrigins: [host], idleSeconds: 5, pauseSeconds: 0, maxMegabytes: 10 };
      const source = { ...rules, askForLink: async () => `${host}/v.mp4` };
      let stored = 0;
      const store = async ({ chunks }: Content): Promise<object> => {
        for await (const _chunk of chunks) await Promise.resolve();
        stored += 1;
        return {};
      };
      const name = await download(source, store, signal).catch((error: Error) => error.name);
      expect(['VideoUnreachable', 'VideoNotPlayable' satisfies RetryableName]).toContain(name);
      expect([stored, requests() > 1]).toEqual([0, true]);
    },
  );

  test.each(Object.entries({ ...WITHOUT_WORD, ...WITH_WORD }))(
    'with %s in the place of a linked image ends nothing, unless it says that there is no image',
    async (_name, body) => {
      const { host } = await startPeer(status, body);
      const reach = { trustedOrigins: [host], idleSeconds: 5 };
      const { outcome } = await probeImage(`${host}/pet.jpg`, reach, signal);
      const isRead = body.coding === undefined && [200, 206].includes(status);
      expect(outcome).toBe(isRead || [404, 410].includes(status) ? 'wrong' : 'unreadable');
    },
  );
});

const RUNNING = { task_id: '17', status: 'Processing', base_resp: { status_code: 0, status_msg: 'success' } };

test.each([
  ['gzip', { bytes: gzipSync(json(RUNNING)), coding: 'gzip' }],
  ['x-gzip in capitals', { bytes: gzipSync(json(RUNNING)), coding: 'X-GZip' }],
  ['deflate', { bytes: deflateSync(json(RUNNING)), coding: 'deflate' }],
  ['deflate without the wrapper of zlib', { bytes: deflateRawSync(json(RUNNING)), coding: 'deflate' }],
  ['br', { bytes: brotliCompressSync(json(RUNNING)), coding: 'br' }],
  ['br over gzip', { bytes: brotliCompressSync(gzipSync(json(RUNNING))), coding: 'gzip, br' }],
  ['identity', { bytes: json(RUNNING), coding: 'identity' }],
  ['gzip that no header names', { bytes: gzipSync(json(RUNNING)) }],
  ['none, although a header names one', { bytes: json(RUNNING), coding: 'gzip' }],
] as const)('understands an answer in %s', async (_name, body) => {
  const { host } = await startPeer(200, body);
  expect(await client(host).queryTask(taskNamed('17'), signal)).toMatchObject({ status: 'running' });
});

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
] as const)('follows an id that stands whole in an answer in %s that breaks off', async (coding, encode) => {
  const whole = encode(
    JSON.stringify({
      task_id: '393769180141900001',
      x: randomBytes(200).toString('hex'),
      base_resp: { status_code: 0 },
    }),
  );
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${whole.length}\r\n\r\n`;
  const cut = Buffer.concat([Buffer.from(head), whole.subarray(0, whole.length - 60)]);
  const { host } = await startRawPeer((socket) => socket.end(cut));
  const created = client(host).createTask(REQUEST, { signal });
  await expect(created).resolves.toEqual({ taskId: '393769180141900001', isUnconfirmed: true });
});

test('takes no more out of a coded answer than it would take of a plain one', async () => {
  const { host } = await startPeer(200, { bytes: gzipSync(Buffer.alloc(50_000_000, ' ')), coding: 'gzip' });
  await expect(nameOf(client(host).queryTask(taskNamed('17'), signal))).resolves.toBe('MiniMaxUnavailable');
});

test('asks for no coding, and says who asks', async () => {
  const heads: string[] = [];
  const { host } = await startRawPeer((socket, head) => {
    heads.push(head);
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`);
  });
  await nameOf(client(host).createTask(REQUEST, { signal }));
  await nameOf(client(host).queryTask(taskNamed('17'), signal));
  await probeImage(`${host}/pet.jpg`, { trustedOrigins: [host], idleSeconds: 5 }, signal);
  expect(heads).toHaveLength(3);
  for (const head of heads) {
    expect(head).toMatch(/^user-agent: template-video\/\d+\.\d+\.\d+\r?$/im);
    expect(head).toMatch(/^accept-encoding: identity\r?$/im);
  }
});

test('takes headers of nearly 64 kB', async () => {
  const headers = Array.from({ length: 60 }, (_, index) => `X-${index}: ${'x'.repeat(1000)}\r\n`).join('');
  const { host } = await startPeer(200, { bytes: json(RUNNING) }, headers);
  expect(await client(host).queryTask(taskNamed('17'), signal)).toMatchObject({ status: 'running' });
});

test('takes an answer in chunks that names a length as well', async () => {
  const body = JSON.stringify(RUNNING);
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n';
  const { host } = await startRawPeer((socket) =>
    socket.end(`${head}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
  );
  expect(await client(host).queryTask(taskNamed('17'), signal)).toMatchObject({ status: 'running' });
});
