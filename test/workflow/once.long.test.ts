import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { VideoList } from '../../lambdas/core/api/response.ts';
import { counter, expectUsedNameRefused, make, place, post, useStack, withNamespace } from './once-stack.ts';

useStack();

describe('where the database was emptied and the bucket was kept', () => {
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
    // The table was emptied too. The hourly run mends it.
    await second.service.bus.tick();
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

  test('an execution that is started under a used name ends, and touches nothing, with another input', () =>
    expectUsedNameRefused((task_id) => [{ task_id }, { template_id: '1' }]));
});

describe('two stacks over one bucket', () => {
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
});
