import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ApiError,
  type ClientError,
  createClient,
  NoResponse,
  type RetryNotice,
  Stopped,
  VideoFailed,
  type VideoFailedType,
  type VideosClient,
} from '../../client/index.ts';
import { STOP_TITLES } from '../../lambdas/core/video/error.ts';
import { type Listening, listen, readBody } from '../../local/loopback-server.ts';
import { pngOf } from '../harness/images.ts';

const VIDEO = {
  video_id: 'v1',
  status: 'queued',
  created_at: '2026-11-22T10:00:00Z',
  elapsed_seconds: 0,
} as const;
const ENDED = { ...VIDEO, status: 'succeeded', finished_at: '2026-11-22T10:01:00Z' } as const;
const FAILED = {
  ...ENDED,
  status: 'failed',
  error: { type: 'MiniMaxBusy', title: 'T', detail: 'D.', money_spent: 'no', retry: 'new_request' },
} as const;

type Reply = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];
type Script = (request: IncomingMessage, response: ServerResponse) => void;

interface Received {
  readonly call: string;
  readonly key: string | undefined;
  readonly body: string;
}

let server: Listening;
let videos: VideosClient;
let received: Received[];
/** What the next requests get, for each call; the last one again and again. */
let answers: Record<string, (Reply | Script)[]>;
beforeAll(async () => {
  server = await listen(
    createServer(),
    async (request, response) => {
      const call = `${request.method} ${request.url}`;
      received.push({
        call,
        key: request.headers['idempotency-key']?.toString(),
        body: await readBody(request),
      });
      const script = answers[call] ?? [];
      const next = (script.length > 1 ? script.shift() : script[0]) ?? [404, {}];
      if (typeof next === 'function') return next(request, response);
      const [status, body, headers] = next;
      response
        .writeHead(status, { 'content-type': 'application/json', 'retry-after': '0', ...headers })
        .end(JSON.stringify(body));
    },
    0,
  );
  videos = createClient({ url: `${server.url}/videos`, firstPauseMs: 1 });
});
beforeEach(() => {
  received = [];
  answers = {};
});
afterAll(() => server.stop());

const lose: Script = (_request, response) => void response.destroy();
const problem = (kind: string) => ({ type: `urn:template-video:problem:${kind}`, title: 'T', detail: 'D.' });
const REQUEST = { template_id: '1' };
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );

test('gives a video with all its fields, also those that are new to this client', async () => {
  answers = { 'GET /videos/v1': [[200, { ...VIDEO, place_in_queue: 3 }]] };
  expect(await videos.get('v1')).toEqual({ ...VIDEO, place_in_queue: 3 });
});

test.each([{ video_id: 7 }, { video_id: '../v1' }, { video_id: '..' }])(
  'says that an answer with %j is wrong, and that the request may have been accepted',
  async (wrong) => {
    answers = { 'POST /videos': [[202, { ...VIDEO, ...wrong }]] };
    const error = await thrownBy(videos.start(REQUEST, { idempotencyKey: 'k' }));
    expect(error).toBeInstanceOf(NoResponse);
    expect(error).toMatchObject({
      message: expect.stringContaining('(its answer has an unexpected video_id)'),
      mayHaveBeenReceived: true,
      idempotencyKey: 'k',
    });
  },
);

test.each(['..', 'a/b', 'v1?x', ''])('asks for no video %j, which would be another address', async (id) => {
  await expect(videos.get(id)).rejects.toThrow(TypeError);
  expect(received).toEqual([]);
});

test.each(['', '/', '/videos', '/videos/'])('finds the calls where the address ends in "%s"', async (end) => {
  answers = { 'GET /prod/videos/v1': [[200, VIDEO]], 'GET /prod/templates': [[200, { templates: [] }]] };
  const own = createClient({ url: `${server.url}/prod${end}` });
  expect(await own.get('v1')).toEqual(VIDEO);
  expect(await own.templates()).toEqual({ templates: [] });
});

test.each(['', ' k', 'k\n', 'ключ', 'k'.repeat(256)])(
  'sends no request under the key %j',
  async (idempotencyKey) => {
    await expect(videos.start(REQUEST, { idempotencyKey })).rejects.toThrow(TypeError);
    expect(received).toEqual([]);
  },
);

test('makes a key of its own for each start, and gives it', async () => {
  answers = { 'POST /videos': [[202, VIDEO]] };
  const keys = [await videos.start(REQUEST), await videos.start(REQUEST)].map(
    (video) => video.idempotencyKey,
  );
  expect(new Set(keys).size).toBe(2);
  expect(received.map(({ key }) => key)).toEqual(keys);
});

test('makes a video under one key, although answers are lost and the video is not shown at first', async () => {
  answers = {
    'POST /videos': [
      lose,
      [409, problem('request-in-progress')],
      [429, problem('too-many-requests')],
      [202, VIDEO],
    ],
    'GET /videos/v1': [lose, [503, {}], lose, lose, lose, lose, [200, VIDEO], [200, ENDED]],
  };
  const seen: string[] = [];
  const made = await videos.make(REQUEST, { onProgress: ({ status }) => void seen.push(status) });
  expect(made).toEqual(ENDED);
  expect(seen).toEqual(['queued', 'succeeded']);
  const posts = received.filter(({ call }) => call === 'POST /videos');
  expect(posts).toHaveLength(4);
  expect(new Set(posts.map(({ key }) => key)).size).toBe(1);
});

test('throws the end of a video without a file, with its cost and what a program may do', async () => {
  answers = { 'POST /videos': [[202, VIDEO]], 'GET /videos/v1': [[200, FAILED]] };
  const error = await thrownBy(videos.make(REQUEST, { idempotencyKey: 'k' }));
  expect(error).toBeInstanceOf(VideoFailed);
  expect(error).toMatchObject({
    type: 'MiniMaxBusy',
    video: FAILED,
    money_spent: 'no',
    retry: 'new_request',
    videoId: 'v1',
    idempotencyKey: 'k',
    message: 'MiniMaxBusy: D.',
  });
});

test('waits for the end of a video, also for one that has failed', async () => {
  answers = {
    'GET /videos/v1': [
      [200, VIDEO],
      [200, FAILED],
    ],
  };
  expect(await videos.wait('v1')).toEqual(FAILED);
});

test('names the video and the key where a check is rejected', async () => {
  answers = {
    'POST /videos': [[202, VIDEO]],
    'GET /videos/v1': [
      [200, VIDEO],
      [403, problem('access-denied')],
    ],
  };
  expect(await thrownBy(videos.make(REQUEST, { idempotencyKey: 'k' }))).toMatchObject({
    type: 'access-denied',
    videoId: 'v1',
    idempotencyKey: 'k',
    retry: 'same_key',
  });
});

test('checks a new video again that the service does not show yet, but not one that it has shown', async () => {
  const unknown: Reply = [404, problem('video-not-found')];
  const notices: RetryNotice[] = [];
  const own = createClient({ url: server.url, onRetry: (notice) => void notices.push(notice) });
  answers = { 'GET /videos/v1': [unknown, [200, VIDEO], unknown] };
  expect(await thrownBy(own.wait('v1'))).toMatchObject({ type: 'video-not-found', videoId: 'v1' });
  expect(received).toHaveLength(3);
  expect(notices).toMatchObject([{ reason: 'HTTP 404', attempt: 2, pauseSeconds: 2, videoId: 'v1' }]);
});

test.each([
  ['another video', { ...ENDED, video_id: 'v2' }, 'video_id'],
  ['no time of its end', { ...VIDEO, finished_at: null }, 'finished_at'],
])('believes no answer with %s, which could end the wait for a running video', async (_what, body, field) => {
  answers = { 'POST /videos': [[202, VIDEO]], 'GET /videos/v1': [[200, body]] };
  expect(await thrownBy(videos.make(REQUEST, { idempotencyKey: 'k' }))).toMatchObject({
    type: 'NoResponse',
    message: expect.stringContaining(`unexpected ${field}`),
    videoId: 'v1',
    idempotencyKey: 'k',
  });
});

test('reads no answer that has no end', async () => {
  let sent = 0;
  const endless: Script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  answers = { 'GET /videos/v1': [endless] };
  expect(await thrownBy(videos.get('v1'))).toMatchObject({
    type: 'NoResponse',
    message: expect.stringContaining('more than'),
  });
  expect(sent).toBeLessThan(5 * 64 * 1024 * 1024);
});

test('gives up the wait for a video where the service has never answered', async () => {
  answers = { 'GET /videos/v1': [lose] };
  expect(await thrownBy(videos.wait('v1'))).toMatchObject({ type: 'NoResponse', videoId: 'v1' });
  expect(received).toHaveLength(5);
});

test('does not give up a video that it has started', async () => {
  const lost = Array.from({ length: 6 }, () => lose);
  answers = { 'POST /videos': [[202, VIDEO]], 'GET /videos/v1': [...lost, [200, ENDED]] };
  const started = await videos.start(REQUEST);
  expect(await videos.wait(started)).toMatchObject({ status: 'succeeded' });
});

test.each(['signal', 'timeoutMs'] as const)(
  'ends the wait at once by its %s, and says that the video continues',
  async (by) => {
    answers = { 'GET /videos/v1': [[200, VIDEO, { 'retry-after': '60' }]] };
    const stop = new AbortController();
    const limits = by === 'signal' ? { signal: stop.signal } : { timeoutMs: 50 };
    const wait = videos.wait('v1', { ...limits, onProgress: () => stop.abort(new Error('enough')) });
    const error = await thrownBy(wait);
    expect(error).toBeInstanceOf(Stopped);
    expect(error).toMatchObject({
      message: 'Stopped. The video v1 continues, and may be charged.',
      videoId: 'v1',
      cause: by === 'signal' ? stop.signal.reason : { name: 'TimeoutError' },
    });
  },
);

test('lists all pages, each when it is needed, with the filters of the caller', async () => {
  const query = 'status=failed&created_after=2026-11-01T00%3A00%3A00.000Z&metadata.shop=A';
  const [first, second] = [
    { videos: [{ video_id: 'a', status: 'failed' }], next_cursor: 'c+1' },
    { videos: [{ video_id: 'b', status: 'failed' }] },
  ];
  answers = {
    [`GET /videos?${query}`]: [[200, first]],
    'GET /videos?status=failed&created_after=2026-11-01T00%3A00%3A00.000Z&cursor=c%2B1&metadata.shop=A': [
      [200, second],
    ],
  };
  const filters = {
    status: 'failed',
    created_after: new Date('2026-11-01'),
    metadata: { shop: 'A' },
  } as const;
  const list = videos.list(filters);
  expect(received).toEqual([]);
  expect((await Array.fromAsync(list)).map(({ video_id }) => video_id)).toEqual(['a', 'b']);
  expect(await Array.fromAsync(list.pages())).toEqual([first, second]);
});

test('sends a space in a filter as %20, as it is signed', async () => {
  answers = { 'GET /videos?metadata.shop=A%20%2B%20B': [[200, { videos: [] }]] };
  expect(await Array.fromAsync(videos.list({ metadata: { shop: 'A + B' } }))).toEqual([]);
});

test('ends a list whose cursor is no text, instead of asking for it for ever', async () => {
  const page = [200, { videos: [], next_cursor: null }] as const;
  answers = { 'GET /videos': [page], 'GET /videos?cursor=null': [page, page, [200, { videos: [] }]] };
  await expect(Array.fromAsync(videos.list())).rejects.toThrow('unexpected next_cursor');
});

const VISITS = ['Wait', 'Check task'].map((state) => ({
  state,
  entered_at: '2026-11-22T10:00:00Z',
  failed_tries: [],
}));

test('gives the visits of all pages of a history, each page when it is needed', async () => {
  const [first, second] = [
    { video_id: 'v1', request: {}, states: VISITS.slice(0, 1), next_cursor: 'c+1' },
    { video_id: 'v1', request: {}, states: VISITS.slice(1) },
  ];
  answers = {
    'GET /videos/v1/history?limit=1': [[200, first]],
    'GET /videos/v1/history?limit=1&cursor=c%2B1': [[200, second]],
  };
  const history = videos.history('v1', { limit: 1 });
  expect(received).toEqual([]);
  expect(await Array.fromAsync(history)).toEqual(VISITS);
  expect(await Array.fromAsync(history.pages())).toEqual([first, second]);
  const rest = videos.history('v1', { limit: 1, cursor: 'c+1' });
  expect(await Array.fromAsync(rest)).toEqual(VISITS.slice(1));
});

test.each([
  ['video_id', { video_id: 'v2', states: [] }],
  ['states', { video_id: 'v1' }],
  ['states', { video_id: 'v1', states: [{ state: 'Wait' }] }],
  ['states', { video_id: 'v1', states: [null] }],
  ['next_cursor', { video_id: 'v1', states: [], next_cursor: 1 }],
])('believes no history whose %s is not as it should be', async (field, body) => {
  answers = { 'GET /videos/v1/history': [[200, body]] };
  const reading = Array.fromAsync(videos.history('v1'));
  expect(await thrownBy(reading)).toMatchObject({
    type: 'NoResponse',
    message: expect.stringContaining(`unexpected ${field}`),
    videoId: 'v1',
  });
});

test('says that there is no history any more, and asks once', async () => {
  answers = { 'GET /videos/v1/history': [[404, problem('history-not-found')]] };
  expect(await thrownBy(Array.fromAsync(videos.history('v1')))).toMatchObject({
    type: 'history-not-found',
    retry: 'never',
    videoId: 'v1',
  });
  expect(received).toHaveLength(1);
});

test.each(['..', 'a/b', 'v1?x', ''])('asks for no history of %j, which would be another address', (id) => {
  expect(() => videos.history(id)).toThrow(TypeError);
  expect(received).toEqual([]);
});

test('gives the workflow with all its fields, and believes none without states', async () => {
  const workflow = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 1 } }, Version: '1.0' };
  answers = {
    'GET /workflow': [
      [200, workflow],
      [200, { StartAt: 'Wait' }],
    ],
  };
  expect(await videos.workflow()).toEqual(workflow);
  await expect(videos.workflow()).rejects.toThrow('unexpected States');
});

test('gives the video that it has cancelled, although the first answer was lost', async () => {
  const cancelled = { ...ENDED, status: 'cancelled' };
  answers = {
    'DELETE /videos/v1': [lose, [409, problem('video-finished')]],
    'GET /videos/v1': [[200, cancelled]],
  };
  expect(await videos.cancel('v1')).toEqual(cancelled);
  answers = { 'DELETE /videos/v1': [[409, problem('video-finished')]] };
  expect(await thrownBy(videos.cancel('v1'))).toMatchObject({ type: 'video-finished', retry: 'never' });
});

test('adopts a task with the fields that were given alone', async () => {
  answers = { 'POST /videos': [[202, VIDEO]] };
  await videos.adopt('7', { metadata: { order: 1 } });
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([{ task_id: '7', metadata: { order: 1 } }]);
});

test('asks for the usage of days', async () => {
  answers = { 'GET /usage?from=2026-11-01&to=2026-11-30': [[200, { groups: [] }]] };
  expect(await videos.usage({ from: '2026-11-01', to: new Date('2026-11-30T23:00:00Z') })).toEqual({
    groups: [],
  });
});

test('uploads the bytes of an image with their type and hash, and nothing that authorizes', async () => {
  const upload = { method: 'PUT', url: `${server.url}/image?Signature=x`, headers: { 'x-own': '1' } };
  let sent: IncomingMessage['headers'] = {};
  const keep: Script = (request, response) => {
    sent = request.headers;
    response.end();
  };
  answers = {
    'POST /uploads': [[201, { value: 's3://b/1', upload }]],
    'PUT /image?Signature=x': [lose, keep],
    'POST /videos': [[202, VIDEO]],
  };
  const own = createClient({ url: server.url, apiKey: 'a-key' });
  const image = new Blob([new Uint8Array(pngOf(400, 400))]);
  await own.start({
    template_id: '1',
    media_inputs: [{ value: image }, { value: 'https://a.example/1.png' }],
  });
  const [asked, , , posted] = received.map(({ body }) => body);
  expect(JSON.parse(asked ?? '')).toEqual({
    content_type: 'image/png',
    bytes: image.size,
    sha256: expect.stringMatching(/^[\da-f]{64}$/),
  });
  expect(sent).toMatchObject({ 'x-own': '1', 'content-length': String(image.size) });
  expect(sent).not.toHaveProperty('x-api-key');
  expect(JSON.parse(posted ?? '').media_inputs).toEqual([
    { value: 's3://b/1' },
    { value: 'https://a.example/1.png' },
  ]);
});

test('sends no image to what is no address', async () => {
  answers = {
    'POST /uploads': [[201, { value: 'v', upload: { method: 'PUT', url: 'nonsense', headers: {} } }]],
  };
  const error = await thrownBy(videos.upload(pngOf(301, 301)));
  expect(error).toBeInstanceOf(NoResponse);
  expect(error).toMatchObject({ message: expect.stringContaining('unexpected upload') });
});

test('says why an image could not be uploaded, without its signed address', async () => {
  const upload = { method: 'PUT', url: `${server.url}/image?Signature=x`, headers: {} };
  answers = {
    'POST /uploads': [[201, { value: 's3://b/1', upload }]],
    'PUT /image?Signature=x': [[403, {}]],
  };
  const error = await thrownBy(videos.upload(pngOf(400, 400)));
  expect(error).toMatchObject({
    type: 'NoResponse',
    mayHaveBeenReceived: false,
    message: expect.stringContaining('the image could not be uploaded: HTTP 403'),
  });
  expect(String(error)).not.toContain('Signature');
  await expect(videos.upload(new Uint8Array(9))).rejects.toThrow('no JPEG, PNG or WebP');
});

test('sends its requests, but no image, with a fetch of the caller', async () => {
  const upload = { method: 'PUT', url: `${server.url}/image`, headers: {} };
  answers = { 'POST /uploads': [[201, { value: 's3://b/1', upload }]], 'PUT /image': [[200, {}]] };
  const paths: string[] = [];
  const own = createClient({
    url: server.url,
    fetch: (...args) => {
      paths.push(new URL(String(args[0])).pathname);
      return fetch(...args);
    },
  });
  expect(await own.upload(pngOf(400, 400), { content_type: 'image/png' })).toBe('s3://b/1');
  expect(paths).toEqual(['/uploads']);
});

/** Compiles only if the client knows every type of an error of a video. */
const STOPS: readonly VideoFailedType[] = Object.keys(STOP_TITLES) as (keyof typeof STOP_TITLES)[];

test('gives the type of each stopped video as it came', () => {
  for (const type of STOPS) {
    const error = { type, title: 'T', detail: 'D.', money_spent: 'maybe', retry: 'adopt' } as const;
    expect(new VideoFailed({ ...FAILED, error })).toMatchObject({ type, retry: 'adopt' });
  }
});

/** Compiles only if `type` narrows the union of all errors. */
function adviceOf(error: ClientError): string {
  switch (error.type) {
    case 'daily-limit-reached':
      return `tomorrow: HTTP ${error.status}`;
    case 'NoResponse':
      return `again with ${error.idempotencyKey}, ${error.mayHaveBeenReceived}`;
    case 'InsufficientBalance':
      return `top up, then ${error.retry}; spent: ${error.money_spent}`;
    case 'Stopped':
      return `continues: ${error.videoId}`;
    default:
      return error.retry;
  }
}

test('has errors that a switch over their type narrows', async () => {
  answers = { 'POST /videos': [[429, { ...problem('daily-limit-reached'), retry: 'same_key' }]] };
  const error = await thrownBy(videos.start(REQUEST));
  expect(error).toBeInstanceOf(ApiError);
  expect(adviceOf(error as ClientError)).toBe('tomorrow: HTTP 429');
});
