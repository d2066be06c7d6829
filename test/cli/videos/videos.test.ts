import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { INTERRUPTED, Interrupted } from '../../../cli/errors.ts';
import { cancel } from '../../../cli/videos/cancel.ts';
import { list } from '../../../cli/videos/list.ts';
import { show } from '../../../cli/videos/show.ts';
import { templates } from '../../../cli/videos/templates.ts';
import { upload } from '../../../cli/videos/upload.ts';
import { createScreen, watch } from '../../../cli/videos/watch.ts';
import { VideoFailed } from '../../../client/index.ts';
import type { ListedVideo } from '../../../lambdas/core/api/response.ts';
import { toCatalogue } from '../../../lambdas/core/minimax/templates.ts';
import { UsageError } from '../../../local/user-error.ts';
import { pngOf } from '../../harness/images.ts';
import { temporaryFolder } from '../../harness/running-service.ts';
import { printedBy, startFakeService, UNINTERRUPTED } from '../fake-service.ts';

const listed = (video_id: string, status: ListedVideo['status'] = 'succeeded'): ListedVideo => ({
  video_id,
  status,
  created_at: '2026-11-27T08:00:00.000Z',
  elapsed_seconds: 61.4,
  template_id: '392747428568649728',
  cost: { estimated_usd: 0.4, money_spent: 'yes' },
});

const FILTERS = {
  status: undefined,
  template: undefined,
  after: undefined,
  before: undefined,
  metadata: undefined,
};
const LIST = { ...FILTERS, limit: '20', all: false, json: false };

/** Pages of one video each. */
const PAGES = {
  'GET /videos': ({ path }: { readonly path: string }) =>
    path.includes('cursor=') ? { videos: [listed('v2')] } : { videos: [listed('v1')], next_cursor: 'c' },
};

test('lists videos as a table, and says that there are more', async () => {
  const { where } = await startFakeService(PAGES);
  const { out, err } = await printedBy(() => list({ ...LIST, ...where, limit: '1' }, UNINTERRUPTED));
  expect(out).toBe(
    [
      'STARTED (UTC)     STATUS     VIDEO  TEMPLATE            SECONDS  COST   SPENT  ERROR',
      '2026-11-27 08:00  succeeded  v1     392747428568649728  61       $0.40  yes',
      '',
    ].join('\n'),
  );
  expect(err).toBe('There are more videos: --all shows them.\n');
});

test('lists all pages as one array', async () => {
  const { where, calls } = await startFakeService(PAGES);
  const values = { ...LIST, ...where, all: true, json: true };
  const { out } = await printedBy(() => list(values, UNINTERRUPTED));
  expect(JSON.parse(out)).toEqual([listed('v1'), listed('v2')]);
  expect(calls).toHaveLength(2);
});

test('sends each filter, with the id of a template that is given by its name', async () => {
  const { where, calls } = await startFakeService({
    'GET /templates': toCatalogue(''),
    'GET /videos': { videos: [] },
  });
  const filters = {
    status: 'failed',
    template: 'diving',
    after: '2026-11-01',
    before: '2026-11-02T00:00:00+01:00',
    metadata: 'order=a=b',
  };
  const { out } = await printedBy(() => list({ ...LIST, ...where, ...filters }, UNINTERRUPTED));
  expect(out).toBe('There are no videos.\n');
  const { searchParams } = new URL(`http://x${calls.at(-1)?.path}`);
  expect(Object.fromEntries(searchParams)).toEqual({
    status: 'failed',
    template_id: '392747428568649728',
    created_after: '2026-11-01T00:00:00Z',
    created_before: '2026-11-02T00:00:00+01:00',
    'metadata.order': 'a=b',
    limit: '20',
  });
});

test.each([
  [{ limit: '0' }, '--limit is "0"; allowed is a whole number from 1'],
  [{ after: 'yesterday' }, '--after is "yesterday"; allowed is a day in UTC or a time with its zone'],
  [{ before: '2026-11-27T08:00:00' }, '--before is "2026-11-27T08:00:00"'],
  [{ metadata: 'order' }, '--metadata is "order"; allowed is KEY=VALUE.'],
])('rejects the list with %j before it asks for one', async (given, message) => {
  const { where, calls } = await startFakeService({});
  const { error } = await printedBy(() => list({ ...LIST, ...where, ...given }, UNINTERRUPTED));
  expect(error).toBeInstanceOf(UsageError);
  expect(error?.message).toContain(message);
  expect(calls).toEqual([]);
});

const VIDEO = {
  video_id: 'v1',
  status: 'failed',
  created_at: '2026-11-27T08:00:00.000Z',
  finished_at: '2026-11-27T08:01:00.000Z',
  elapsed_seconds: 60,
  task_id: '77',
  metadata: { order: 17 },
  error: {
    type: 'GaveUpWaiting',
    title: 'It took too long',
    detail: 'MiniMax was asked for \u001b[31m9 hours.',
    money_spent: 'maybe',
    retry: 'adopt',
  },
};

test('shows each field of a video safely for a terminal, and what to do', async () => {
  const { where, url } = await startFakeService({ 'GET /videos/v1': VIDEO });
  const { out } = await printedBy(() => show('v1', { ...where, json: false }, UNINTERRUPTED));
  for (const text of ['status', 'failed', '{"order":17}', 'error.money_spent', 'error.detail'])
    expect(out).toContain(text);
  expect(out).toContain('MiniMax was asked for 9 hours.');
  expect(out).toContain(
    `To fetch the video of its task: template-video adopt 77 --url ${url}/videos --key …\n`,
  );
});

test.each([
  ['same_key', 'send the same request again with its idempotency key'],
  ['new_request', 'make a new video'],
  ['never', 'a person has to check first'],
])('says what to do where a program may do: %s', async (retry, advice) => {
  const video = { ...VIDEO, error: { ...VIDEO.error, retry } };
  const { where } = await startFakeService({ 'GET /videos/v1': video });
  expect((await printedBy(() => show('v1', { ...where, json: false }, UNINTERRUPTED))).out).toContain(advice);
});

test('cancels a video, and says what it does not end', async () => {
  const { where, url, calls } = await startFakeService({ 'DELETE /videos/v1': VIDEO });
  const { out, err } = await printedBy(() => cancel('v1', { ...where, json: false }, UNINTERRUPTED));
  expect(out).toContain('The service no longer waits for the video v1.');
  expect(err).toContain('MiniMax continues the task and may charge for it.');
  expect(err).toContain(`template-video adopt 77 --url ${url}/videos --key …`);
  expect(calls).toMatchObject([{ method: 'DELETE' }]);
});

test('lists templates with prices and what each needs, of the service or of this program', async () => {
  const { where } = await startFakeService({ 'GET /templates': toCatalogue('') });
  const asked = await printedBy(() => templates({ ...where, here: false, json: false }, UNINTERRUPTED));
  expect(asked.out).toMatch(
    /^393769180141805569 +Run for Life +\$0\.45 +a photo of a pet; a text \(a kind of/m,
  );
  const nowhere = { stack: undefined, url: undefined, local: false, key: undefined };
  const own = await printedBy(() => templates({ ...nowhere, here: true, json: false }, UNINTERRUPTED));
  expect(own.out).toBe(asked.out);
});

test('uploads an image, and prints its value', async () => {
  const file = join(await temporaryFolder(), 'pet.png');
  await writeFile(file, pngOf(400, 400));
  const service = await startFakeService({
    'POST /uploads': () => ({
      value: 's3://bucket/uploads/1',
      upload: { method: 'PUT', url: `${service.url}/put`, headers: {}, expires_at: '' },
    }),
    'PUT /put': {},
  });
  const { out } = await printedBy(() => upload(file, { ...service.where, json: false }, UNINTERRUPTED));
  expect(out).toBe('s3://bucket/uploads/1\n');
});

const WATCH = { ...FILTERS, json: false };

test('watches a video until its end, and fails where it has no file', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { where } = await startFakeService({ 'GET /videos/v1': VIDEO });
  const { error, out } = await printedBy(() =>
    watch('v1', { ...WATCH, ...where, json: true }, UNINTERRUPTED),
  );
  expect(error).toBeInstanceOf(VideoFailed);
  expect(JSON.parse(out)).toEqual(VIDEO);
  vi.restoreAllMocks();
});

test.each([
  ['v1', 'To watch it again: template-video watch v1'],
  [undefined, 'To watch them again: template-video watch --url'],
])('says with Ctrl-C how to continue to watch %s', async (videoId, message) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const stop = new AbortController();
  const running = { video_id: 'v1', status: 'generating', created_at: '', elapsed_seconds: 1 };
  const { where } = await startFakeService({
    'GET /videos/v1': () => {
      setImmediate(() => stop.abort());
      return running;
    },
    'GET /videos': () => {
      setTimeout(() => stop.abort(), 50);
      return { videos: [listed('v1', 'running')] };
    },
  });
  const interruption = { ...UNINTERRUPTED, signal: stop.signal };
  const { error } = await printedBy(() => watch(videoId, { ...WATCH, ...where }, interruption));
  expect(error).toBeInstanceOf(Interrupted);
  expect(error?.message).toContain(message);
  expect(INTERRUPTED).toBe(130);
  vi.restoreAllMocks();
});

test.each([
  ['v1', { status: 'failed' }, 'they go with no ID'],
  [undefined, { json: true }, '--json needs the ID of a video'],
  ['a/b', {}, 'ID is "a/b"; allowed is the id of a video.'],
])('rejects to watch %s with %j', async (videoId, given, message) => {
  const { where } = await startFakeService({});
  const { error } = await printedBy(() => watch(videoId, { ...WATCH, ...where, ...given }, UNINTERRUPTED));
  expect(error?.message).toContain(message);
});

test('prints a line for each change of the list where there is no terminal, and the whole list on one', () => {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  const screen = createScreen({ isTTY: false, write });
  screen.show([listed('v1', 'running')]);
  screen.show([listed('v2', 'running'), listed('v1', 'running')]);
  screen.show([listed('v2', 'running'), listed('v1', 'succeeded')]);
  expect(written.map((line) => /(running|succeeded) +(v\d)/.exec(line)?.slice(1).join(' '))).toEqual([
    'running v1',
    'running v2',
    'succeeded v1',
  ]);
  const terminal = createScreen({ isTTY: true, write });
  terminal.show([listed('v1')]);
  expect(written.at(-1)?.startsWith('\u001b[H\u001b[2JSTARTED')).toBe(true);
});
