import { randomUUID } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Video, VideoList } from '../../lambdas/core/api/response.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { setVariables, type Template } from '../harness/assembly.ts';
import {
  placeFor,
  REQUEST,
  type RunningService,
  type SimulatedStack,
  synthesizeForSimulator,
  temporaryFolder,
} from '../harness/running-service.ts';

/** Longer than any test waits. */
const LONG_MS = 600_000;
const FILE = 'TemplateVideo.template.json';

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

async function place() {
  const { folder, start } = await placeFor(stack);
  return { start, forget: () => rm(join(folder, 'objects-state'), { recursive: true }) };
}

/** The same stack with another text in its template. */
async function otherAssembly(change: (text: string) => string): Promise<string> {
  const assembly = join(await temporaryFolder(), 'cdk.out');
  await cp(stack.assembly, assembly, { recursive: true });
  await writeFile(join(assembly, FILE), change(await readFile(join(assembly, FILE), 'utf8')));
  return assembly;
}

interface Answer {
  readonly status: number;
  readonly isReplayed: boolean;
  readonly video: Video;
}

async function post({ service }: RunningService, key: string, body: object = REQUEST): Promise<Answer> {
  const answer = await fetch(`${service.url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const isReplayed = answer.headers.get('idempotency-replayed') === 'true';
  return { status: answer.status, isReplayed, video: (await answer.json()) as Video };
}

/** How many creates MiniMax has got since. */
function counter(): () => number {
  const before = stack.simulator.creates.length;
  return () => stack.simulator.creates.length - before;
}

async function make(
  running: RunningService,
  key: string,
  script: Scenario = { queries: ['Success'] },
): Promise<Video> {
  stack.simulator.script(script);
  const { video } = await post(running, key);
  await running.endOf(video.video_id);
  return running.get(video.video_id);
}

const SUCCEEDED = { timeout: 30_000 };

async function succeeds(running: RunningService, videoId: string): Promise<Video> {
  await vi.waitFor(
    async () => expect(await running.get(videoId)).toMatchObject({ status: 'succeeded' }),
    SUCCEEDED,
  );
  return running.get(videoId);
}

describe('where the database was emptied and the bucket was kept', () => {
  test('a key is answered with its video, and neither paid for nor replaced', async () => {
    const { start, forget } = await place();
    const creates = counter();
    const key = randomUUID();
    const first = await start();
    const made = await make(first, key);
    const job = await first.storedJob(made.video_id);
    await first.stop();
    await forget();

    const second = await start();
    const again = await post(second, key);
    expect(again).toMatchObject({ status: 202, isReplayed: true });
    expect(again.video).toMatchObject({
      video_id: made.video_id,
      status: 'succeeded',
      task_id: made.task_id,
      template_id: REQUEST.template_id,
      video: { sha256: made.video?.sha256 },
    });
    expect(await (await fetch(again.video.video?.url ?? '')).arrayBuffer()).toHaveProperty(
      'byteLength',
      64331,
    );
    expect((await post(second, key, { template_id: '1' })).status).toBe(422);
    expect(await second.storedJob(made.video_id)).toEqual(job);
    expect(second.service.engine.executions.size).toBe(0);
    expect(creates()).toBe(1);
  });

  test('GET, DELETE and the list tell of it as well', async () => {
    const { start, forget } = await place();
    const first = await start();
    const good = await make(first, randomUUID());
    const bad = await make(first, randomUUID(), { create: { code: 1008 } });
    await first.stop();
    await forget();

    const second = await start();
    const now = await make(second, randomUUID());
    const cancelled = await fetch(`${second.service.url}/videos/${good.video_id}`, { method: 'DELETE' });
    expect(cancelled.status).toBe(409);
    const { error } = await second.get(bad.video_id);
    expect(error).toEqual(bad.error);
    const listed: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await (await fetch(`${second.service.url}/videos?limit=1${after}`)).json()) as VideoList;
      listed.push(...page.videos.map(({ video_id, status }) => `${video_id} ${status}`));
      cursor = page.next_cursor;
    }
    expect(listed[0]).toBe(`${now.video_id} succeeded`);
    expect(listed.slice(1).sort()).toEqual([`${good.video_id} succeeded`, `${bad.video_id} failed`].sort());
  });

  test('a task that was under way is taken up and delivered without anybody, under its id and its key', async () => {
    const { start, forget } = await place();
    const creates = counter();
    const key = randomUUID();
    const first = await start(LONG_MS);
    stack.simulator.script({ queries: ['Success'] });
    const { video } = await post(first, key);
    await vi.waitFor(async () => expect((await first.get(video.video_id)).state).toBe('Wait'), SUCCEEDED);
    await first.stop();
    await forget();

    const second = await start();
    const delivered = await succeeds(second, video.video_id);
    expect(delivered).toMatchObject({ template_id: REQUEST.template_id, video: { bytes: 64331 } });
    await second.service.whenAnnounced(video.video_id);
    expect(await second.storedJob(video.video_id)).toMatchObject({
      status: 'succeeded',
      template_name: 'Run for Life',
      task: { adopted: false },
      request: { template_id: REQUEST.template_id },
    });
    expect(await post(second, key)).toMatchObject({ status: 202, isReplayed: true });
    expect((await post(second, key, { template_id: '1' })).status).toBe(422);
    expect(creates()).toBe(1);
  });

  test('a create with an unknown outcome is not sent again for its key', async () => {
    const { start, forget } = await place();
    const creates = counter();
    const key = randomUUID();
    const first = await start(LONG_MS);
    const { video } = await post(first, key);
    await vi.waitFor(async () => expect((await first.get(video.video_id)).state).toBe('Wait'), SUCCEEDED);
    await first.changeJob(video.video_id, ({ task: _task, ...claim }) => claim);
    await first.stop();
    await forget();
    const second = await start();
    expect(await post(second, key)).toMatchObject({
      status: 202,
      isReplayed: true,
      video: { video_id: video.video_id, status: 'queued' },
    });
    const cancelled = await fetch(`${second.service.url}/videos/${video.video_id}`, { method: 'DELETE' });
    expect(cancelled.status).toBe(409);
    expect(creates()).toBe(1);
  });

  test('an execution that is started under a used name ends, and touches nothing', async () => {
    const { start, forget } = await place();
    const creates = counter();
    const first = await start();
    const made = await make(first, randomUUID());
    const job = await first.storedJob(made.video_id);
    await first.stop();
    await forget();

    const second = await start();
    for (const input of [REQUEST, { task_id: made.task_id }, { template_id: '1' }]) {
      second.service.engine.start(made.video_id, JSON.stringify(input));
      const ended = await second.endOf(made.video_id);
      expect(ended).toMatchObject({ status: 'FAILED', error: 'VideoExistsAlready' });
      expect(ended.cause).toContain('No money was spent.');
      expect(await second.get(made.video_id)).toMatchObject({ status: 'succeeded', task_id: made.task_id });
      expect(await second.storedJob(made.video_id)).toEqual(job);
      await second.stop();
      await forget();
      const next = await start();
      Object.assign(second, next);
    }
    expect(second.service.bus.events.filter(({ source }) => source === 'template-video')).toEqual([]);
    expect(creates()).toBe(1);
  });
});

test('a state machine that was replaced forgets no key, and its unfinished videos are taken up', async () => {
  const { start, forget } = await place();
  const creates = counter();
  const [done, underWay] = [randomUUID(), randomUUID()];
  const first = await start();
  const made = await make(first, done);
  await first.stop();
  const slow = await start(LONG_MS);
  stack.simulator.script({ queries: ['Success'] });
  const { video } = await post(slow, underWay);
  await vi.waitFor(async () => expect((await slow.get(video.video_id)).state).toBe('Wait'), SUCCEEDED);
  const [machine = ''] =
    /TemplateVideoWorkflowStateMachine\w{8}/.exec(slow.service.deployment.stateMachine.arn) ?? [];
  await slow.stop();
  await forget();

  const replaced = await start(
    0,
    await otherAssembly((text) => text.replaceAll(machine, `${machine.slice(0, -8)}00000000`)),
  );
  expect(replaced.service.deployment.stateMachine.arn).not.toBe(first.service.deployment.stateMachine.arn);
  expect(await post(replaced, done)).toMatchObject({ isReplayed: true, video: { video_id: made.video_id } });
  await succeeds(replaced, video.video_id);
  expect(await post(replaced, underWay)).toMatchObject({
    isReplayed: true,
    video: { video_id: video.video_id },
  });
  expect(creates()).toBe(2);
});

describe('two stacks over one bucket', () => {
  const withNamespace = (namespace: string): Promise<string> =>
    otherAssembly((text) => {
      const template = JSON.parse(text) as Template;
      setVariables(template, { NAMESPACE: namespace });
      return JSON.stringify(template);
    });

  test('with namespaces of their own make a video each for one key, and neither replaces the other', async () => {
    const { start } = await place();
    const creates = counter();
    const key = randomUUID();
    const one = await start(0, await withNamespace('one'));
    const two = await start(0, await withNamespace('two'));
    const [first, second] = [await make(one, key), await make(two, key)];
    expect(first.video_id).not.toBe(second.video_id);
    for (const running of [one, two])
      for (const made of [first, second])
        expect(await running.get(made.video_id)).toMatchObject({
          status: 'succeeded',
          task_id: made.task_id,
        });
    expect(creates()).toBe(2);
  });

  test('with one namespace make one video for one key, one after the other', async () => {
    const { start } = await place();
    const creates = counter();
    const key = randomUUID();
    const shared = await withNamespace('shared');
    const [one, two] = [await start(0, shared), await start(0, shared)];
    const made = await make(one, key);
    expect(await post(two, key)).toMatchObject({
      isReplayed: true,
      video: { video_id: made.video_id, status: 'succeeded', task_id: made.task_id },
    });
    expect(creates()).toBe(1);
  });

  test('and at the same instant', async () => {
    const { start } = await place();
    const creates = counter();
    const shared = await withNamespace('shared');
    const [one, two] = [await start(0, shared), await start(0, shared)];
    for (let round = 0; round < 5; round += 1) {
      const key = randomUUID();
      stack.simulator.script({ queries: ['Success'] });
      const [a, b] = await Promise.all([post(one, key), post(two, key)]);
      const { video_id } = a.video;
      expect(b.video.video_id).toBe(video_id);
      const seen = [await succeeds(one, video_id), await succeeds(two, video_id)];
      expect(seen[0]?.task_id).toBe(seen[1]?.task_id);
      stack.simulator.forgetScripts();
    }
    expect(creates()).toBe(5);
  });
});
