import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { pngOf, toDataUrl } from '../harness/images.ts';
import {
  API_KEY,
  REQUEST,
  type RunningService,
  startRunningService,
  visitedStates,
} from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

const CLIP = join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4');
const ONE_LOOK = ['Wait', 'Check task', 'Finished?'];

/** Whether the bucket holds the video of an execution. */
async function storedBytes({ name }: LocalExecution): Promise<Buffer | undefined> {
  const { video } = await running.get(name);
  return !video ? undefined : Buffer.from(await (await fetch(video.url)).arrayBuffer());
}

test('submits once, looks until the task succeeds, and stores exactly the file', async () => {
  const before = running.simulator.creates.length;
  const execution = await running.run(REQUEST, { queries: ['Preparing', 'Processing', 'Success'] });

  expect(execution.status).toBe('SUCCEEDED');
  expect(visitedStates(execution)).toEqual([
    'Task given?',
    'Submit task',
    ...ONE_LOOK,
    ...ONE_LOOK,
    ...ONE_LOOK,
    'Copy video',
    'Video ready',
  ]);
  expect(running.simulator.creates.slice(before)).toEqual([
    { body: REQUEST, taskId: expect.stringMatching(/^\d{18}$/) },
  ]);
  expect(await storedBytes(execution)).toEqual(await readFile(CLIP));
});

test('adopts a task without submitting anything', async () => {
  await running.run(REQUEST, { queries: ['Fail'] });
  const { creates } = running.simulator;
  const before = creates.length;
  const first = await running.run(REQUEST, { queries: ['Success'] });
  const execution = await running.run({ task_id: creates.at(-1)?.taskId });
  expect(first.status).toBe('SUCCEEDED');
  expect(visitedStates(execution)).toEqual([
    'Task given?',
    'Adopt task',
    'Check task',
    'Finished?',
    'Copy video',
    'Video ready',
  ]);
  expect(creates.length).toBe(before + 1);
});

test('ends as GenerationFailed when MiniMax says Fail, and says so over HTTPS', async () => {
  const execution = await running.run(REQUEST, { queries: ['Processing', 'Fail'] });
  expect(execution).toMatchObject({ status: 'FAILED', error: 'GenerationFailed' });
  expect(visitedStates(execution).slice(-3)).toEqual(['Finished?', 'Record failure', 'Video failed']);
  expect(await running.get(execution.name)).toMatchObject({
    status: 'failed',
    task_id: running.simulator.creates.at(-1)?.taskId,
    polls: 2,
    error: { type: 'GenerationFailed', money_spent: 'maybe', detail: execution.cause },
  });
  expect(await running.storedJob(execution.name)).toMatchObject({ error: { Error: 'GenerationFailed' } });
});

test.each([
  ['loses the reply to an accepted create', { reply: 'lost' }],
  ['answers an accepted create with rubbish', { reply: 'page' }],
  ['answers a create with an internal error', { code: 1000 }],
  ['answers a create with HTTP 502', { httpStatus: 502 }],
] as const)('never submits again when MiniMax %s', async (_name, create) => {
  const before = running.simulator.creates.length;
  const execution = await running.run(REQUEST, { create });
  expect(execution).toMatchObject({ status: 'FAILED', error: 'SubmitOutcomeUnknown' });
  expect(execution.cause).toContain('Money may have been spent.');
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('submits again when MiniMax was too busy to accept the task', async () => {
  const before = running.simulator.creates.length;
  running.simulator.script({ create: { code: 1002 } });
  running.simulator.script({ create: { httpStatus: 429 } });
  const execution = await running.run(REQUEST, { queries: ['Success'] });
  expect(execution.status).toBe('SUCCEEDED');
  const creates = running.simulator.creates.slice(before);
  expect(creates.map(({ taskId }) => taskId !== undefined)).toEqual([false, false, true]);
});

test.each([
  [1004, 'ApiKeyRejected'],
  [1008, 'InsufficientBalance'],
  [1026, 'ContentRejected'],
  [2056, 'QuotaExhausted'],
  [2013, 'InvalidRequest'],
  [4711, 'MiniMaxRefused'],
])('a create refused with %i ends as %s without a cent', async (code, error) => {
  const before = running.simulator.creates.length;
  const execution = await running.run(REQUEST, { create: { code } });
  expect(execution).toMatchObject({ status: 'FAILED', error });
  expect(execution.cause).toContain(`code ${code}`);
  expect(execution.cause).toContain('No money was spent.');
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('records the failure of a request as large as the workflow carries', async () => {
  const image = Buffer.concat([pngOf(301, 301), Buffer.alloc(149_000)]);
  const execution = await running.execute(
    { ...REQUEST, media_inputs: [{ value: toDataUrl(image) }] },
    { create: { code: 1026 } },
  );
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ContentRejected' });
});

test('goes on waiting when a look fails', async () => {
  const execution = await running.run(REQUEST, {
    queries: [{ code: 1000 }, { reply: 'lost' }, { httpStatus: 503 }, 'Success'],
  });
  expect(execution.status).toBe('SUCCEEDED');
});

test('hands MiniMax an image of the bucket inline, and keeps it out of the history', async () => {
  const png = Buffer.concat([pngOf(301, 301), Buffer.alloc(300_000, 7)]);
  const value = await running.upload(png, 'image/png');
  const execution = await running.run({ ...REQUEST, media_inputs: [{ value }] }, { queries: ['Success'] });
  expect(execution.status).toBe('SUCCEEDED');
  expect(running.simulator.creates.at(-1)?.body).toMatchObject({
    media_inputs: [{ value: `data:image/png;base64,${png.toString('base64')}` }],
  });
  expect(JSON.stringify(execution)).not.toContain('base64');
});

test.each([
  ['is not there', (bucket: string) => `s3://${bucket}/uploads/nothing`, 'There is no object'],
  ['is in another bucket', () => 's3://another/uploads/pet.jpg', 'must be under uploads/'],
  [
    'has an endless name',
    (bucket: string) => `s3://${bucket}/uploads/${'x'.repeat(90_000)}`,
    'a key of at most 256',
  ],
  ['is not an upload', (bucket: string) => `s3://${bucket}/videos/1/video.mp4`, 'must be under uploads/'],
])('submits nothing when the image %s', async (_name, toValue, why) => {
  const before = running.simulator.creates.length;
  const [bucket = ''] = running.service.deployment.buckets;
  const execution = await running.execute({ ...REQUEST, media_inputs: [{ value: toValue(bucket) }] });
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'InvalidRequest',
    cause: expect.stringContaining(why),
  });
  expect(running.simulator.creates.length).toBe(before);
});

test('submits nothing when the object is no image', async () => {
  const before = running.simulator.creates.length;
  const value = await running.upload(Buffer.from('%PDF-1.7'), 'image/png');
  const execution = await running.run({ ...REQUEST, media_inputs: [{ value }] });
  expect(execution).toMatchObject({
    error: 'InvalidRequest',
    cause: expect.stringContaining('is not a JPEG'),
  });
  expect(running.simulator.creates.length).toBe(before);
});

test('gives MiniMax a public link as it is, when it leads to an image that fits', async () => {
  const { imageUrl } = running.simulator;
  const execution = await running.run(
    { ...REQUEST, media_inputs: [{ value: imageUrl }] },
    { queries: ['Success'] },
  );
  expect(execution.status).toBe('SUCCEEDED');
  expect(running.simulator.creates.at(-1)?.body).toMatchObject({ media_inputs: [{ value: imageUrl }] });
});

test.each([
  ['leads to no image', (simulator: string) => `${simulator}/clip.mp4`, 'is not a JPEG, PNG or WebP'],
  ['leads to a machine inside', () => 'http://169.254.169.254/pet.jpg', 'is not public'],
  [
    'is inside the request and too small',
    () => toDataUrl(pngOf(10, 10)),
    'its short side must have more than 300',
  ],
])('submits nothing when an image %s, started in the console', async (_name, toValue, why) => {
  const before = running.simulator.creates.length;
  const value = toValue(running.simulator.url);
  const execution = await running.execute({ ...REQUEST, media_inputs: [{ value }] });
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'InvalidRequest',
    cause: expect.stringContaining(why),
  });
  expect(execution.cause).toContain('No money was spent.');
  expect(running.simulator.creates.length).toBe(before);
});

test.each([
  ['is cut off', 'data:image/png;base64,iVBOR', 'is cut off'],
  ['has a wrong character', 'data:image/png;base64,iVBO*', 'as character 5 of its base64'],
])('submits nothing when an inline image %s, started in the console', async (_name, value, why) => {
  const before = running.simulator.creates.length;
  const execution = await running.execute({ ...REQUEST, media_inputs: [{ value }] });
  expect(execution).toMatchObject({ error: 'InvalidRequest', cause: expect.stringContaining(why) });
  expect(execution.cause).toContain('No money was spent.');
  expect(running.simulator.creates.length).toBe(before);
});

test('hands MiniMax an inline image in one spelling, however the console has it', async () => {
  const png = pngOf(301, 301);
  const value = `data:;name=pet.png;base64,${png.toString('base64').replaceAll(/.{20}/g, '$&\n')}`;
  const execution = await running.execute(
    { ...REQUEST, media_inputs: [{ value }] },
    { queries: ['Success'] },
  );
  expect(execution.status).toBe('SUCCEEDED');
  expect(running.simulator.creates.at(-1)?.body).toMatchObject({ media_inputs: [{ value: toDataUrl(png) }] });
});

test.each([
  ['that was not UTF-8', 'L\ufffdwe', 'must not contain U+FFFD'],
  ['with a lone surrogate', 'L\ud83dwe', 'has a lone surrogate'],
])('submits no text %s, started in the console', async (_what, value, why) => {
  const before = running.simulator.creates.length;
  const execution = await running.execute({ ...REQUEST, text_inputs: [{ value }] });
  expect(execution).toMatchObject({ error: 'InvalidRequest', cause: expect.stringContaining(why) });
  expect(execution.cause).toContain('No money was spent.');
  expect(running.simulator.creates.length).toBe(before);
});

test('submits nothing that does not fit its template, started in the console', async () => {
  const before = running.simulator.creates.length;
  const execution = await running.execute({
    template_id: REQUEST.template_id,
    text_inputs: REQUEST.text_inputs,
  });
  expect(execution).toMatchObject({
    error: 'InvalidRequest',
    cause: expect.stringContaining('Run for Life'),
  });
  expect(running.simulator.creates.length).toBe(before);
});

test('follows a redirect of the download', async () => {
  const execution = await running.run(REQUEST, { queries: ['Success'], downloads: ['moved'] });
  expect(execution.status).toBe('SUCCEEDED');
});

test.each([
  ['half', 'VideoUnreachable'],
  ['lost', 'VideoUnreachable'],
  ['page', 'VideoRejected'],
] as const)(
  'a download that is %s ends as %s, stores nothing, and names the task',
  async (download, error) => {
    const execution = await running.run(REQUEST, { queries: ['Success'], downloads: [download] });
    expect(execution).toMatchObject({ status: 'FAILED', error });
    expect(execution.cause).toContain(running.simulator.creates.at(-1)?.taskId);
    expect(await storedBytes(execution)).toBeUndefined();
  },
);

test('makes as many videos at once as are asked for', async () => {
  const before = running.simulator.creates.length;
  const executions = await Promise.all(Array.from({ length: 5 }, () => running.run(REQUEST)));
  expect(executions.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'SUCCEEDED'));
  expect(new Set(executions.map(({ name }) => name)).size).toBe(5);
  expect(running.simulator.creates.length).toBe(before + 5);
});

test('keeps the key and the signed links out of every history, answer and log line, on good days and bad', async () => {
  const executions = [
    await running.run(REQUEST),
    await running.run(REQUEST, { queries: ['Success'], downloads: [{ httpStatus: 404 }] }),
    await running.run(REQUEST, { create: { code: 1004, message: `no key like ${API_KEY.slice(0, 3)}` } }),
  ];
  const answers = await Promise.all(executions.map(({ name }) => running.get(name)));
  const withoutOurLink = answers.map(({ video, ...answer }) => ({
    ...answer,
    video: { ...video, url: undefined },
  }));
  const seen = [JSON.stringify(executions), JSON.stringify(withoutOurLink), running.log()];
  for (const text of seen) {
    expect(text).toContain(executions[0]?.name);
    expect(text).not.toContain(API_KEY);
    expect(text).not.toContain('Signature=');
  }
});
