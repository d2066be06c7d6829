import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Upload, Video } from '../../lambdas/core/api/response.ts';
import { uploadPrefix } from '../../lambdas/core/storage-keys.ts';
import { pngOf } from '../harness/images.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { ID_FORMS, UPLOAD_FORMS } from './rows/owners.ts';

/** Longer than the test, so that a waiting video keeps waiting. */
const A_LONG_TIME_MS = 600_000;
const PNG = pngOf(301, 301);

type Headers = Readonly<Record<string, string>>;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One caller of one service. */
function callerOf({ service }: RunningService, sender: Headers) {
  async function call(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...sender,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { date: _date, ...others } = Object.fromEntries(answer.headers);
    return { status: answer.status, headers: others, text: await answer.text() };
  }

  return {
    call,
    async start(body: object, headers?: Headers): Promise<string> {
      const { text } = await call('POST', '/videos', body, headers);
      return (JSON.parse(text) as Video).video_id;
    },
    /** Uploads an image. @returns the value for a media input */
    async upload(): Promise<string> {
      const image = { content_type: 'image/png', bytes: PNG.length };
      const { value, upload } = JSON.parse((await call('POST', '/uploads', image)).text) as Upload;
      const stored = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: PNG });
      expect(stored.status).toBe(200);
      return value;
    },
  };
}
type Caller = ReturnType<typeof callerOf>;

function signedBy(accessKey: string): Headers {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20261123/us-east-1/execute-api/aws4_request`,
  };
}

const withImage = (value: string): object => ({ ...REQUEST, media_inputs: [{ value }] });

/** Starts a video that waits for its next check. */
async function startWaiting({ simulator }: RunningService, { start, call }: Caller): Promise<string> {
  const videoId = await start({ task_id: simulator.makeTask({ queries: ['Processing'] }) });
  for (;;) {
    const { text } = await call('GET', `/videos/${videoId}`);
    if ((JSON.parse(text) as Video).state === 'Wait') return videoId;
  }
}

/** The videos of a caller, and one that was started in the console: ended well, failed, and waiting. */
async function makeVideos(
  running: RunningService,
  caller: Caller,
): Promise<Readonly<Record<string, string>>> {
  const task = (status: string): object => ({ task_id: running.simulator.makeTask({ queries: [status] }) });
  const ready = await caller.start(task('Success'));
  const failed = await caller.start(task('Fail'));
  const { name: console } = await running.execute(task('Success'));
  await running.endOf(ready);
  await running.endOf(failed);
  return { ready, failed, console, waiting: await startWaiting(running, caller) };
}

const ID_CALLS = [
  ['GET', ''],
  ['DELETE', ''],
  ['GET', '/history'],
].flatMap(([method = '', call = '']) =>
  ID_FORMS.map(([form, toPath]) => ({
    method,
    form,
    toPath: (videoId: string) => toPath(videoId).replace(/(?=\?|$)/, call),
  })),
);

/** Executions and creates with images so far. */
function counts({ service, simulator }: RunningService): readonly [executions: number, creates: number] {
  const withImages = simulator.creates.filter(({ body }) => JSON.stringify(body).includes('media_inputs'));
  return [service.engine.executions.size, withImages.length];
}

describe('with visibility=owner', () => {
  let running: RunningService;
  beforeAll(async () => {
    running = await startRunningService({ pauseMs: A_LONG_TIME_MS });
  });
  afterAll(() => running.stop());

  describe.each([
    ['AWS identities', signedBy('AKIAONE'), signedBy('AKIATWO'), 'iam AKIAONE'],
    ['API keys', { 'x-api-key': 'one' }, { 'x-api-key': 'two' }, 'key 7692c3ad35'],
  ])('of two callers by %s', (_what, one, two, ownerOfOne) => {
    let caller: Caller;
    let other: Caller;
    let others: Readonly<Record<string, string>>;
    beforeAll(async () => {
      caller = callerOf(running, one);
      other = callerOf(running, two);
      others = await makeVideos(running, other);
    });

    test('answers GET, DELETE and the history of every form of the other ids as of an id that does not exist', async () => {
      let calls = 0;
      const through: unknown[] = [];
      for (const { method, form, toPath } of ID_CALLS) {
        const expected = withoutId(await caller.call(method, toPath(randomUUID())));
        for (const videoId of Object.values(others)) {
          const answer = await caller.call(method, toPath(videoId));
          calls += 1;
          if (withoutId(answer) !== expected || answer.status < 400) through.push({ method, form, answer });
        }
      }
      expect({ calls, through }).toEqual({ calls: 4 * 3 * 18, through: [] });
      const { ready, failed, waiting } = others;
      const shown = await Promise.all(
        [ready, failed, waiting].map((id) => other.call('GET', `/videos/${id}`)),
      );
      const statuses = shown.map(({ text }) => (JSON.parse(text) as Video).status);
      expect(statuses).toEqual(['succeeded', 'failed', 'generating']);
    });

    test('shows no history of the other, exactly as of a video that does not exist', async () => {
      const missing = randomUUID();
      const ofMissing = await caller.call('GET', `/videos/${missing}`);
      expect(ofMissing.status).toBe(404);
      for (const videoId of Object.values(others)) {
        const { status, text } = await caller.call('GET', `/videos/${videoId}/history`);
        expect([status, text]).toEqual([404, ofMissing.text.replace(missing, videoId)]);
      }
      for (const name of ['ready', 'failed', 'waiting']) {
        const own = await other.call('GET', `/videos/${others[name]}/history`);
        expect(own.status).toBe(200);
        expect(own.text).not.toMatch(/AKIA|arn:|"owner"/);
      }
    });

    test('gives the key of the other a new video', async () => {
      const key = { 'idempotency-key': randomUUID() };
      const request = { template_id: '1', metadata: { of: 'two' } };
      const theirs = await other.start(request, key);
      const answers = [
        await caller.call('POST', '/videos', request, key),
        await caller.call('POST', '/videos', { template_id: '1' }, { 'idempotency-key': randomUUID() }),
      ];
      for (const { status, headers, text } of answers) {
        expect(status).toBe(202);
        expect(headers).not.toHaveProperty('idempotency-replayed');
        expect(text).not.toContain(theirs);
      }
      expect(await other.call('POST', '/videos', request, key)).toMatchObject({
        status: 202,
        headers: { 'idempotency-replayed': 'true' },
      });
    });

    test('rejects every form of an upload of the other as one that does not exist, and sends nothing', async () => {
      const theirs = await other.upload();
      const [prefix = '', name = ''] = theirs.split(/(?<=\/)(?=[^/]+$)/);
      const own = `s3://${prefix.split('/')[2]}/${uploadPrefix(ownerOfOne)}`;
      expect(await caller.upload()).toContain(own);
      const missing = randomUUID();
      const before = counts(running);
      let calls = 0;
      const through: unknown[] = [];
      for (const [form, toValue] of UPLOAD_FORMS) {
        const answer = await caller.call('POST', '/videos', withImage(toValue(prefix, name, own)));
        const expected = await caller.call('POST', '/videos', withImage(toValue(prefix, missing, own)));
        calls += 1;
        const { errors = [] } = JSON.parse(answer.text) as { errors?: readonly { pointer: string }[] };
        const isSame = withoutId(answer, name) === withoutId(expected, missing);
        const isRejected = answer.status === 400 && errors[0]?.pointer === '/media_inputs/0/value';
        if (!isSame || !isRejected) through.push({ form, answer });
      }
      expect({ calls, through }).toEqual({ calls: 21, through: [] });
      expect(counts(running)).toEqual(before);
    });

    test('checks the uploads of an execution again, and sends nothing for one of the other', async () => {
      const value = await other.upload();
      const [, before] = counts(running);
      const asOne = await running.execute({ ...withImage(value), owner: ownerOfOne });
      expect(asOne).toMatchObject({
        status: 'FAILED',
        error: 'InvalidRequest',
        cause: expect.stringContaining('/media_inputs/0/value must be an upload of yours'),
      });
      expect(counts(running)[1]).toBe(before);
    });
  });

  test('sends an own upload, and any upload for an execution that was started in the console', async () => {
    const caller = callerOf(running, signedBy('AKIATHREE'));
    const request = withImage(await caller.upload());
    const { creates } = running.simulator;
    const before = creates.length;
    await caller.start(request);
    running.service.engine.start(randomUUID(), JSON.stringify(request));
    await expect.poll(() => creates.length).toBe(before + 2);
    for (const { body } of creates.slice(before))
      expect(body).toMatchObject({ media_inputs: [{ value: expect.stringMatching(/^data:image\/png/) }] });
  });
});

describe('with visibility=everyone', () => {
  test('lets each caller see, cancel and use what is of the other or of the console', async () => {
    const settings = { visibility: 'everyone' } as const;
    const running = await startRunningService({ settings, pauseMs: A_LONG_TIME_MS });
    try {
      const caller = callerOf(running, signedBy('AKIAONE'));
      const other = callerOf(running, signedBy('AKIATWO'));
      const { ready, failed, console, waiting } = await makeVideos(running, other);
      for (const [method, videoId, status] of [
        ['GET', ready, 'succeeded'],
        ['GET', failed, 'failed'],
        ['GET', console, 'succeeded'],
        ['GET', waiting, 'generating'],
        ['DELETE', waiting, 'cancelled'],
      ] as const) {
        const history = await caller.call('GET', `/videos/${videoId}/history`);
        expect([history.status, JSON.parse(history.text).video_id]).toEqual([200, videoId]);
        const answer = await caller.call(method, `/videos/${videoId}`);
        expect([answer.status, JSON.parse(answer.text).status]).toEqual([200, status]);
      }
      const { creates } = running.simulator;
      await caller.start(withImage(await other.upload()));
      await expect.poll(() => creates.length).toBe(1);
    } finally {
      await running.stop();
    }
  });
});

/** An answer without the id that it quotes, and without this part of it. */
function withoutId({ status, headers, text }: Answer, part = '"'): string {
  const body = text.replaceAll(new RegExp(part, 'gi'), '').replace(/has the id .*/, '');
  return JSON.stringify([status, { ...headers, 'content-length': '' }, body]);
}
