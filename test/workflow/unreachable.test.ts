import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import {
  REQUEST,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

/** So long that a video is still in a pause when it is looked at, and short enough to wait for. */
const PAUSE_MS = 300;

let stack: SimulatedStack;
let running: RunningService;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
  running = await serve(stack, { pauseMs: PAUSE_MS });
  await stack.simulator.outage.begin();
});
afterAll(async () => {
  await running.stop();
  await stack.stop();
});

async function start(): Promise<string> {
  const { video_id } = (await (await running.post(REQUEST)).json()) as Video;
  for (;;) {
    const { retrying } = await running.get(video_id);
    if (retrying !== undefined) {
      expect(retrying).toMatchObject({ type: 'MiniMaxUnreachable', title: 'MiniMax could not be reached' });
      return video_id;
    }
    await after(20);
  }
}

function cancel(videoId: string): Promise<Response> {
  return fetch(`${running.service.url}/videos/${videoId}`, { method: 'DELETE' });
}

const FREE = {
  status: 'cancelled',
  error: {
    type: 'Cancelled',
    money_spent: 'no',
    retry: 'new_request',
    detail: expect.stringContaining('Nothing was sent to MiniMax, and no money was spent.'),
  },
};

test('a video that is cancelled while MiniMax cannot be reached has cost nothing, and says so', async () => {
  const before = running.simulator.creates.length;
  const videoId = await start();
  expect(await (await cancel(videoId)).json()).toMatchObject(FREE);
  const untilAnnounced = async (): Promise<unknown> => {
    for (;;) {
      const job = (await running.storedJob(videoId)) as { readonly statement?: string };
      if (job.statement !== undefined) return job;
      await after(20);
    }
  };
  expect(await untilAnnounced()).toMatchObject({
    status: 'cancelled',
    error: { Error: 'Cancelled', money_spent: 'no' },
    price: { template_usd: 0 },
  });
  expect(await running.get(videoId)).toMatchObject(FREE);
  expect(running.simulator.creates.length).toBe(before);
});

test('a failure for want of a connection says how often and since when it was tried', async () => {
  const quick = await serve({ ...stack, folder: join(stack.folder, 'quick') });
  onTestFinished(() => quick.stop());
  const { error, cause } = await quick.run(REQUEST);
  expect(error).toBe('MiniMaxUnreachable');
  expect(cause).toMatch(
    /^No connection to 127\.0\.0\.1:\d+ could be made \(ECONNREFUSED\), so nothing was sent\. It was tried 32 times, from \S+Z to \S+Z\. No money was spent\. /,
  );
});
