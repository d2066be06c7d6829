import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { createOwnVideo } from '../../../cli/make/own-video.ts';

const event = (id: number): HistoryEvent => ({ id, type: 'PassStateEntered', timestamp: new Date() });

test("ends on its own video's end, not on the end of another one that was adopted meanwhile", async () => {
  const seen: unknown[] = [];
  const own = createOwnVideo(({ id }) => seen.push(id));
  let isFinished = false;
  void own.finished.then(() => {
    isFinished = true;
  });
  own.notice({ name: 'adopted', status: 'RUNNING' }, event(1));
  own.follow('mine');
  own.notice({ name: 'mine', status: 'RUNNING' }, event(2));
  own.notice({ name: 'adopted', status: 'SUCCEEDED' }, event(3));
  await Promise.resolve();
  expect([seen, isFinished]).toEqual([[2], false]);
  own.notice({ name: 'mine', status: 'SUCCEEDED' }, event(4));
  await own.finished;
  expect(seen).toEqual([2, 4]);
});

test('loses no event that comes before the video is known, the end included', async () => {
  const seen: unknown[] = [];
  const own = createOwnVideo(({ id }) => seen.push(id));
  own.notice({ name: 'mine', status: 'RUNNING' }, event(1));
  own.notice({ name: 'other', status: 'RUNNING' }, event(2));
  own.notice({ name: 'mine', status: 'FAILED' }, event(3));
  own.follow('mine');
  await own.finished;
  expect(seen).toEqual([1, 3]);
});
