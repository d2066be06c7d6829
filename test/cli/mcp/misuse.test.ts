import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pngOf } from '../../harness/images.ts';
import {
  API_KEY,
  type RunningService,
  startRunningService,
  temporaryFolder,
} from '../../harness/running-service.ts';
import { type Agent, startAgent, type ToolAnswer, videoIdIn } from './agent.ts';

const RUN_FOR_LIFE = '393769180141805569';
const PRICE = 0.45;

interface World {
  readonly running: RunningService;
  readonly agent: Agent;
  /** What start_video takes, with the path of an image. */
  readonly video: {
    readonly template_id: string;
    readonly images: readonly string[];
    readonly texts: readonly string[];
  };
}

async function startWorld(): Promise<World> {
  const running = await startRunningService();
  onTestFinished(() => running.stop());
  const image = join(await temporaryFolder(), 'pet.png');
  await writeFile(image, pngOf(301, 301));
  const agent = await startAgent(running.service.url);
  return { running, agent, video: { template_id: RUN_FOR_LIFE, images: [image], texts: ['Lion'] } };
}

test('lists its tools, with instructions', async () => {
  const { agent } = await startWorld();
  expect(await agent.tools()).toEqual([
    'list_templates',
    'start_video',
    'get_video',
    'wait_for_video',
    'list_videos',
    'adopt_task',
    'cancel_video',
  ]);
  expect(agent.instructions).toContain('wait_for_video');
});

test('makes as many creates in fifty calls of misuse as were confirmed', async () => {
  const { running, agent, video } = await startWorld();
  const { simulator } = running;
  const answers: ToolAnswer[] = [];
  async function call(name: string, input: object, times = 1): Promise<ToolAnswer> {
    const calls = Array.from({ length: times }, () => agent.call(name, { ...input }));
    answers.push(...(await Promise.all(calls)));
    return answers.at(-1) as ToolAnswer;
  }
  const paid = { ...video, confirm_cost_usd: PRICE };

  // Nothing is confirmed, or too little.
  expect((await call('start_video', video)).isError).toBe(true);
  expect((await call('start_video', { ...video, confirm_cost_usd: 0 }, 2)).text).toContain(
    'confirm_cost_usd 0.45',
  );
  expect((await call('start_video', { ...video, confirm_cost_usd: 0.44 })).text).toContain(
    'Nothing was started',
  );
  expect((await call('start_video', { ...paid, template_id: '1' })).text).toContain('No price is known');
  expect((await call('start_video', { ...video, template_id: 'run for life' })).text).toContain(
    'about $0.45',
  );
  expect((await call('start_video', { ...paid, template_id: 'Walk' })).text).toContain(
    'is no known template',
  );
  expect((await call('start_video', { ...video, confirm_cost_usd: 'yes' })).isError).toBe(true);
  expect((await call('start_video', { ...paid, images: ['/etc/passwd'] })).text).toContain(
    'Nothing was started',
  );
  expect((await call('start_video', { ...paid, images: ['missing.png'] })).text).toContain('cannot be read');
  expect((await call('start_video', { ...paid, images: ['http://x/a.png'] })).text).toContain(
    'is no https URL',
  );
  expect((await call('start_video', { ...paid, images: ['/dev/zero'] })).text).toContain('it is no file');
  expect((await call('start_video', { ...paid, texts: [] })).isError).toBe(true);
  expect(simulator.creates).toHaveLength(0);

  // The first confirmed video runs until its wait is over, and is submitted again and again.
  simulator.script({ queries: ['Processing', 'Processing', 'Success'] });
  const first = videoIdIn(await call('start_video', paid, 5));
  expect(videoIdIn(await call('start_video', { ...paid, confirm_cost_usd: 9 }, 3))).toBe(first);
  await call('get_video', { video_id: first }, 10);
  await running.endOf(first);
  expect(simulator.creates).toHaveLength(1);

  // A restarted agent has lost the id, and asks for an equal video.
  await agent.close();
  const again = await startAgent(running.service.url);
  const repeated = await again.call('start_video', paid);
  expect(repeated.text).toContain('Nothing new was started');
  expect(videoIdIn(repeated)).toBe(first);
  expect((await again.call('list_videos')).text).toContain(first);
  expect((await again.call('wait_for_video', { video_id: first })).text).toContain('is ready');
  expect(simulator.creates).toHaveLength(1);

  // A second equal video is confirmed by the id of the first. It is asked for five times, also while it runs.
  const another = { ...paid, again_after: first };
  const seconds = await Promise.all(Array.from({ length: 5 }, () => again.call('start_video', another)));
  const [second = ''] = new Set(seconds.map(videoIdIn));
  expect(second).not.toBe(first);
  await running.endOf(second);
  expect((await again.call('start_video', { ...paid, again_after: 'unknown' })).isError).toBe(true);
  expect(simulator.creates).toHaveLength(2);

  // A failed video is not submitted again by itself.
  simulator.script({ queries: ['Fail'] });
  const failing = { ...paid, texts: ['Tiger'] };
  const third = videoIdIn(await again.call('start_video', failing));
  await running.endOf(third);
  const ends = await Promise.all(Array.from({ length: 4 }, () => again.call('start_video', failing)));
  expect(new Set(ends.map(videoIdIn))).toEqual(new Set([third]));
  expect((await again.call('wait_for_video', { video_id: third })).text).toContain('again_after');
  expect(simulator.creates).toHaveLength(3);

  // Cancelling needs to know that it does not save money.
  expect((await again.call('cancel_video', { video_id: third })).isError).toBe(true);
  expect((await again.call('cancel_video', { video_id: third, confirm_still_charged: true })).text).toContain(
    'finished already',
  );
  expect((await again.call('get_video', { video_id: 'nothing' })).isError).toBe(true);
  await Promise.all(Array.from({ length: 8 }, () => again.call('list_videos', { status: 'failed' })));
  expect(simulator.creates).toHaveLength(3);
  expect(agent.calls() + again.calls()).toBeGreaterThanOrEqual(50);
  expect(running.log()).not.toContain(API_KEY);
});

test('adopts a task as often as it is asked, and pays for none', async () => {
  const { running, agent } = await startWorld();
  const task_id = running.simulator.makeTask();
  const adopted = await Promise.all([1, 2, 3].map(() => agent.call('adopt_task', { task_id })));
  const [video = ''] = new Set(adopted.map(videoIdIn));
  await running.endOf(video);
  expect((await agent.call('get_video', { video_id: video })).text).toContain('is ready');
  expect(running.simulator.creates).toHaveLength(0);
});

test('adopts a task again whose adoption has ended without the file, and once while it runs', async () => {
  const { running, agent } = await startWorld();
  const task_id = running.simulator.makeTask({
    queries: [...Array.from({ length: 30 }, () => 'Processing'), 'Success'],
  });
  const cancelled = videoIdIn(await agent.call('adopt_task', { task_id }));
  await agent.call('cancel_video', { video_id: cancelled, confirm_still_charged: true });
  await running.endOf(cancelled);
  const adopted = await Promise.all([1, 2, 3].map(() => agent.call('adopt_task', { task_id })));
  const [video = '', ...others] = new Set(adopted.map(videoIdIn));
  expect(others).toEqual([]);
  expect(video).not.toBe(cancelled);
  await running.endOf(video);
  expect((await agent.call('get_video', { video_id: video })).text).toContain('is ready');
  expect(running.simulator.creates).toHaveLength(0);
});

test('pays for no second video where the first can be adopted, or is of another template', async () => {
  const { running, agent, video } = await startWorld();
  const paid = { ...video, confirm_cost_usd: PRICE };
  running.simulator.script({ queries: ['Processing'] });
  const cancelled = videoIdIn(await agent.call('start_video', paid));
  await expect.poll(() => running.simulator.creates.length).toBe(1);
  await agent.call('cancel_video', { video_id: cancelled, confirm_still_charged: true });
  await running.endOf(cancelled);
  const repeated = await agent.call('start_video', paid);
  expect(repeated.text).toContain('Call adopt_task');
  expect(repeated.text).not.toContain('again_after');
  const again = await agent.call('start_video', { ...paid, again_after: cancelled });
  expect(again).toMatchObject({ isError: true, text: expect.stringContaining('adopt_task') });
  const other = { ...paid, template_id: '392747428568649728', texts: [], again_after: cancelled };
  const another = await agent.call('start_video', other);
  expect(another).toMatchObject({
    isError: true,
    text: expect.stringContaining('another video, leave it out'),
  });
  expect(running.simulator.creates).toHaveLength(1);
});

test('pays for no second video while the outcome of the first create is unknown', async () => {
  const { running, agent, video } = await startWorld();
  const paid = { ...video, confirm_cost_usd: PRICE };
  running.simulator.script({ create: { reply: 'lost' } });
  const first = videoIdIn(await agent.call('start_video', paid));
  await running.endOf(first);
  const again = await agent.call('start_video', { ...paid, again_after: first });
  expect(again).toMatchObject({ isError: true, text: expect.stringContaining('a person has to check') });
  expect(running.simulator.creates).toHaveLength(1);
});
