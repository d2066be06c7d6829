import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { REQUEST } from '../harness/running-service.ts';
import {
  counter,
  expectUsedNameRefused,
  LONG_MS,
  make,
  otherAssembly,
  place,
  post,
  SUCCEEDED,
  stack,
  succeeds,
  useStack,
  withNamespace,
} from './once-stack.ts';

useStack();

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

  test('an execution that is started under a used name ends, and touches nothing', () =>
    expectUsedNameRefused(() => [REQUEST]));
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
  test('with one namespace make one video for one key at the same instant', async () => {
    const { start } = await place();
    const creates = counter();
    const shared = await withNamespace('shared');
    const [one, two] = [await start(0, shared), await start(0, shared)];
    for (let round = 0; round < 2; round += 1) {
      const key = randomUUID();
      stack.simulator.script({ queries: ['Success'] });
      const [a, b] = await Promise.all([post(one, key), post(two, key)]);
      const { video_id } = a.video;
      expect(b.video.video_id).toBe(video_id);
      const seen = [await succeeds(one, video_id), await succeeds(two, video_id)];
      expect(seen[0]?.task_id).toBe(seen[1]?.task_id);
      stack.simulator.forgetScripts();
    }
    expect(creates()).toBe(2);
  });
});
