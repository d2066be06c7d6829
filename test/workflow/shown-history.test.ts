import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { historySchema, type VideoHistory, type Visit } from '../../lambdas/core/api/workflow-response.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { COPY_RETRIES } from '../harness/assembly.ts';
import { stepFunctionsOf } from '../harness/execution-answer.ts';
import {
  API_KEY,
  placeFor,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  startRunningService,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

async function get({ service }: RunningService, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${service.url}${path}`);
  return { status: answer.status, text: await answer.text() };
}

async function pageOf(running: RunningService, videoId: string, query = ''): Promise<VideoHistory> {
  const { status, text } = await get(running, `/videos/${videoId}/history?${query}`);
  expect(status, text).toBe(200);
  const page = JSON.parse(text) as VideoHistory;
  expect(historySchema.safeParse(page)).toMatchObject({ success: true });
  return page;
}

/** All visits of a history, and how many its pages have. */
async function pagesOf(running: RunningService, videoId: string, limit: number) {
  const states: Visit[] = [];
  const lengths: number[] = [];
  let cursor = '';
  do {
    const page = await pageOf(running, videoId, `limit=${limit}${cursor}`);
    states.push(...page.states);
    lengths.push(page.states.length);
    cursor = page.next_cursor === undefined ? '' : `&cursor=${page.next_cursor}`;
  } while (cursor !== '');
  return { states, lengths };
}

/** The pages of any size are together the one page, and no visit is divided. */
async function expectEqualPages(running: RunningService, videoId: string): Promise<void> {
  const { states } = await pageOf(running, videoId, 'limit=100');
  for (const limit of [1, 2, 3, states.length - 1, states.length]) {
    const paged = await pagesOf(running, videoId, limit);
    expect(paged.states, `limit=${limit}`).toEqual(states);
    expect(paged.lengths.slice(0, -1).every((length) => length === limit)).toBe(true);
    expect(paged.lengths.at(-1)).toBeLessThanOrEqual(limit);
  }
}

/** No answer says for which account, or for whom, the service works. */
function expectNoSecrets(text: string): void {
  expect(text.replaceAll(/arn:aws:states:::lambda:invoke[.\w]*/g, '')).not.toMatch(/arn:|\b\d{12}\b/);
  expect(text).not.toMatch(/"owner"|iam no\w+|execution_arn|callback-token/i);
  expect(text).not.toContain(API_KEY);
}

const GONE = { httpStatus: 410 } as const;
/** Every try of `Copy video`, each with five connections. */
const ALL_COPIES = Array.from({ length: (COPY_RETRIES + 1) * 5 }, () => GONE);

test('shows the visits of a good video as its execution has them, in pages of any size', async () => {
  const running = await (await placeFor(stack)).start();
  const execution = await running.run(REQUEST, { queries: ['Preparing', 'Processing', 'Success'] });
  const { states, request } = await pageOf(running, execution.name);
  expect(request).toMatchObject({ template_id: REQUEST.template_id, text_inputs: REQUEST.text_inputs });
  expect(states.map(({ state }) => state)).toEqual(visitedStates(execution));
  for (const { left_at, failed_tries } of states) {
    expect(left_at).toBeDefined();
    expect(failed_tries).toEqual([]);
  }
  await expectEqualPages(running, execution.name);
});

test('shows why a create and a check were tried again', async () => {
  const running = await (await placeFor(stack)).start();
  const script: Scenario = {
    queries: [{ code: 1002 }, 'Processing', { code: 1002 }, { code: 1002 }, 'Success'],
  };
  running.simulator.script({ create: { code: 1002 } });
  running.simulator.script({ create: { code: 1002 } });
  const execution = await running.run(REQUEST, script);
  expect(execution.status).toBe('SUCCEEDED');
  const { states } = await pageOf(running, execution.name);
  const tries = states.flatMap(({ state, failed_tries }) =>
    failed_tries.map(({ error, title, detail }) => [state, error, title, detail]),
  );
  const busy = ['MiniMaxBusy', 'MiniMax accepted no more requests', expect.stringContaining('1002')];
  expect(tries).toEqual([
    ['Submit task', ...busy],
    ['Submit task', ...busy],
    ['Check task', ...busy],
    ['Check task', ...busy],
    ['Check task', ...busy],
  ]);
  await expectEqualPages(running, execution.name);
});

test('shows the visits behind each redrive, in pages of any size', async () => {
  const running = await (await placeFor(stack)).start();
  const script: Scenario = { queries: ['Success'], downloads: [...ALL_COPIES, ...ALL_COPIES, 'whole'] };
  const { arn: executionArn, name } = await running.run(REQUEST, script);
  const before = (await pageOf(running, name)).states;
  expect(before.at(-1)).toMatchObject({ state: 'Video failed', left_at: expect.any(String) });
  for (const status of ['FAILED', 'SUCCEEDED']) {
    await stepFunctionsOf(running).send(new RedriveExecutionCommand({ executionArn }));
    expect(await running.endOf(name)).toMatchObject({ status });
  }
  const { states } = await pageOf(running, name);
  expect(states.slice(0, before.length)).toEqual(before);
  expect(states.slice(before.length).map(({ state }) => state)).toEqual([
    ...['Video failed', 'Check task', 'Finished?', 'Copy video', 'Record failure', 'Video failed'],
    ...['Video failed', 'Check task', 'Finished?', 'Copy video', 'Video ready'],
  ]);
  const tries = states
    .filter(({ state }) => state === 'Copy video')
    .map((visit) => visit.failed_tries.length);
  expect(tries).toEqual([COPY_RETRIES + 1, COPY_RETRIES + 1, 0]);
  await expectEqualPages(running, name);
});

test('shows a video that was stopped in a wait, and continues with it after a redrive', async () => {
  const running = await (await placeFor(stack)).start(600_000);
  running.simulator.script({ queries: ['Success'] });
  const { video_id } = (await (await running.post(REQUEST)).json()) as { video_id: string };
  await expect.poll(async () => (await running.get(video_id)).state).toBe('Wait');
  expect((await pageOf(running, video_id)).states.at(-1)).not.toHaveProperty('left_at');
  await fetch(`${running.service.url}/videos/${video_id}`, { method: 'DELETE' });
  const stopped = await pageOf(running, video_id);
  expect(stopped.states.at(-1)).toMatchObject({ state: 'Wait', left_at: expect.any(String) });
  running.service.engine.redrive(video_id);
  const { states } = await pageOf(running, video_id);
  expect(states.map(({ state }) => state)).toEqual(['Task given?', 'Submit task', 'Wait', 'Wait']);
  expect(states.at(-1)).not.toHaveProperty('left_at');
  await expectEqualPages(running, video_id);
});

test('says in no answer whose a video is, or in which account it was made', async () => {
  const running = await (await placeFor(stack)).start();
  const link = `http://user:${API_KEY}@127.0.0.1:1/pet.png?X-Amz-Signature=${API_KEY}`;
  const ended = [
    await running.run(REQUEST, { queries: ['Success'] }),
    await running.run(REQUEST, { queries: ['Fail'] }),
    await running.run(REQUEST, { create: { reply: 'lost' } }),
    await running.run(REQUEST, { queries: ['Success'], downloads: ALL_COPIES }),
    await running.run({ ...REQUEST, media_inputs: [{ value: link }] }, { create: { code: 1004 } }),
    await running.execute({ ...REQUEST, owner: 'iam nobody', template_id: 7 }),
  ];
  for (const { name } of ended) {
    const { status, text } = await get(running, `/videos/${name}/history`);
    expect(status).toBe(200);
    expectNoSecrets(text);
  }
  const workflow = await get(running, '/workflow');
  expect(workflow.status).toBe(200);
  expectNoSecrets(workflow.text);
});

test('shows a wait for a callback that timed out as a visit without a failed try, and no token', async () => {
  const called = await startRunningService({ settings: { callbacks: true }, waitMs: 20 });
  onTestFinished(() => called.stop());
  const script: Scenario = { queries: ['Processing', 'Success'], callbacks: { times: 0 } };
  const execution = await called.run(REQUEST, script);
  expect(execution.events.map(({ type }) => type)).toContain('TaskTimedOut');
  const { states } = await pageOf(called, execution.name);
  expect(states.map(({ state }) => state)).toEqual(visitedStates(execution));
  const waits = states.filter(({ state }) => state === 'Wait for callback');
  expect(waits.length).toBeGreaterThan(1);
  for (const { failed_tries, job } of waits) {
    expect(failed_tries).toEqual([]);
    expect(job?.callbacks).toEqual({ active: true, received: 0 });
  }
  const { text } = await get(called, `/videos/${execution.name}/history`);
  expectNoSecrets(text);
  const [{ body } = { body: {} }] = called.simulator.creates.slice(-1);
  const { callback_url: address = '' } = body as { readonly callback_url?: string };
  expect(address).toContain('/callbacks/');
  expect(text).not.toContain(address.split('/').at(-1));
  await expectEqualPages(called, execution.name);
});

test('has no history of a video that Step Functions has forgotten', async () => {
  const { start, folder } = await placeFor(stack);
  const running = await start();
  const { name: good } = await running.run(REQUEST, { queries: ['Success'] });
  const { name: bad } = await running.run(REQUEST, { queries: ['Fail'] });
  await running.stop();
  await rm(join(folder, 'objects-state'), { recursive: true });
  const next = await start();
  for (const videoId of [good, bad]) {
    expect(await next.get(videoId)).toMatchObject({ video_id: videoId });
    const { status, text } = await get(next, `/videos/${videoId}/history`);
    expect([status, JSON.parse(text)]).toMatchObject([
      404,
      {
        type: 'urn:template-video:problem:history-not-found',
        retry: 'never',
        detail: expect.stringContaining(`no history of the video ${videoId}`),
      },
    ]);
  }
  const unknown = await get(next, `/videos/${randomUUID()}/history`);
  expect(JSON.parse(unknown.text)).toMatchObject({ type: 'urn:template-video:problem:video-not-found' });
});
