import { expect, test } from 'vitest';
import { createPace } from '../../../cli/mcp/pace.ts';
import type { Video } from '../../../client/index.ts';

/** A service whose video ends at this second, with the clock of the test. */
function createWorld(endsAtSecond: number) {
  let ms = 0;
  let asked = 0;
  const pace = createPace({
    client: {
      async get(video_id) {
        asked += 1;
        const finished_at = ms >= endsAtSecond * 1000 ? new Date(ms).toISOString() : undefined;
        return { video_id, status: 'generating', finished_at } as Video;
      },
    },
    now: () => ms,
    sleep: async (pauseMs) => {
      ms += pauseMs;
    },
  });
  function pass(seconds: number): void {
    ms += seconds * 1000;
  }
  return { pace, asked: () => asked, pass };
}

test('asks once in ten seconds, however often it is called', async () => {
  const { pace, asked, pass } = createWorld(3600);
  for (let call = 0; call < 500; call += 1) {
    await pace.look('video');
    pass(0.1);
  }
  expect(asked()).toBe(5);
});

test('asks once for calls at the same instant', async () => {
  const { pace, asked } = createWorld(3600);
  await Promise.all(Array.from({ length: 20 }, () => pace.look('video')));
  expect(asked()).toBe(1);
});

test('waits until the end, and not longer than the given time', async () => {
  const { pace, asked } = createWorld(25);
  const short = await pace.wait('video', { seconds: 20, onLook: async () => undefined });
  expect([short.finished_at, asked()]).toEqual([undefined, 3]);
  const long = await pace.wait('video', { seconds: 600, onLook: async () => undefined });
  expect([long.finished_at, asked()]).toEqual(['1970-01-01T00:00:30.000Z', 4]);
});

test('asks for a new link of an ended video each time', async () => {
  const { pace, asked } = createWorld(0);
  await pace.look('video');
  await pace.look('video');
  expect(asked()).toBe(2);
});
