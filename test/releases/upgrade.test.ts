import { rm } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ListedVideo } from '../../lambdas/core/api/response.ts';
import { videoRecordSchema } from '../../lambdas/core/events.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { readDeployment } from '../../local/template/deployment.ts';
import { REQUEST, type RunningService, serve } from '../harness/running-service.ts';
import { folderOf, type KeptVideo, keptVersions, readVideos, STACKS } from './release.ts';
import { type UpgradedStack, upgradedStack } from './upgraded-world.ts';

/** Long enough for a callback on a busy machine. After it a lost callback shows in the job document. */
const WAIT_MS = 30_000;

/** `npm run test:long` takes the earlier releases. */
const VERSIONS = inject('isLong') ? keptVersions().slice(0, -1) : keptVersions().slice(-1);
const KEPT = VERSIONS.flatMap((version) => STACKS.map((stack) => [version, stack] as const));

/** The title of a failed video that an operator redrives after the upgrade. */
const REDRIVEN = 'no copy arrives, has ended';

test('a release is kept', () => {
  expect(keptVersions()).toContain('0.2.0');
});

describe.each(KEPT)('%s with the functions of today, %s', (version, stackName) => {
  const videos = readVideos(version, stackName);
  const titles = videos.map(({ title }) => title);
  const requested = videos.filter(({ request }) => request !== undefined).map(({ title }) => title);
  let stack: UpgradedStack;
  let running: RunningService;

  beforeAll(async () => {
    stack = await upgradedStack(version, stackName);
    running = await start();
    await callBackDuring(allEnd());
  });
  afterAll(async () => {
    await running?.stop();
    await stack?.stop();
  });

  /** All videos continue at once. A step without a free instance would use up its retries, which have no pauses here. */
  const start = (): Promise<RunningService> =>
    serve(stack, { pauseMs: 5, waitMs: WAIT_MS, maxWorkers: titles.length });

  const named = (title: string): KeptVideo => {
    const found = stack.videos.find((video) => video.title === title);
    if (found === undefined) throw new Error(`There is no video "${title}".`);
    return found;
  };
  const createsOf = (title: string): number =>
    stack.simulator.creates.filter(({ body }) => JSON.stringify(body)?.includes(`"${title}"`)).length;

  async function expectReplay(title: string): Promise<void> {
    const { request, execution } = named(title);
    const before = stack.simulator.creates.length;
    const answer = await running.post(request?.body, { 'idempotency-key': request?.key ?? '' });
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    expect(await answer.json()).toMatchObject({ video_id: execution.name });
    expect(stack.simulator.creates.length).toBe(before);
  }

  async function allEnd(): Promise<void> {
    for (const { execution } of stack.videos) await running.endOf(execution.name);
  }

  /** MiniMax calls back at the addresses that the release has given it. */
  async function callBackDuring(work: Promise<void>): Promise<void> {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      for (const { execution, callback } of stack.videos)
        if (callback !== undefined && isWaiting(running.service.engine.executions.get(execution.name)))
          await fetch(running.service.url + callback, { method: 'POST', body: '{}' });
      await Promise.race([over, after(50)]);
    }
    await over;
  }

  test('has a video in each state', async () => {
    const { stateMachine } = await readDeployment(folderOf(version, stackName));
    const states = new Set(videos.filter(isRunning).map(stateOf));
    expect(Object.keys(stateMachine.definition.States).filter((state) => !states.has(state))).toEqual([
      'Video ready',
    ]);
  });

  test.each(titles)('"%s" ends as it did in its release', async (title) => {
    const { execution, end, shown } = named(title);
    const ended = await running.endOf(execution.name);
    expect([ended.status, ended.error, createsOf(title)]).toEqual([end.status, end.error, end.creates]);
    const job = await running.storedJob(execution.name);
    expect(videoRecordSchema.parse(job)).toMatchObject({ video_id: execution.name, status: shown.status });
    expect(await running.get(execution.name)).toMatchObject(shown);
  });

  test('accepts callbacks at the addresses that the release has given to MiniMax', async () => {
    const waiting = stack.videos.filter(({ execution: { token } }) => token !== undefined);
    expect(waiting.length).toBe(stackName === 'callbacks' ? 1 : 0);
    for (const { execution } of waiting)
      expect(await running.storedJob(execution.name)).toMatchObject({ callbacks: { received: 1 } });
  });

  test('lists each video once', async () => {
    const answer = await fetch(`${running.service.url}/videos?limit=100`);
    const { videos: listed } = (await answer.json()) as { readonly videos: readonly ListedVideo[] };
    const expected = stack.videos.map(({ shown }) => [shown.video_id, shown.status]);
    expect(listed.map(({ video_id, status }) => [video_id, status]).sort()).toEqual(expected.sort());
  });

  test.each(requested)('a repeated POST of "%s" is answered with that video', expectReplay);

  test('makes a new video', async () => {
    const { status } = await running.run({ ...REQUEST, text_inputs: [{ value: 'after the upgrade' }] });
    expect([status, createsOf('after the upgrade')]).toEqual(['SUCCEEDED', 1]);
  });

  test.each(titles.filter((title) => title === REDRIVEN))('"%s" can be redriven', async (title) => {
    const { execution, task } = named(title);
    running.service.engine.redrive(execution.name);
    expect((await running.endOf(execution.name)).status).toBe('SUCCEEDED');
    expect(await running.get(execution.name)).toMatchObject({ status: 'succeeded', task_id: task?.id });
    expect(createsOf(title)).toBe(0);
  });

  describe('when Step Functions has forgotten all executions', () => {
    beforeAll(async () => {
      await running.stop();
      await rm(stack.executionFile);
      running = await start();
    });

    test.each(titles.filter((title) => title !== REDRIVEN))('"%s" is shown', async (title) => {
      const { execution, shown } = named(title);
      expect(await running.get(execution.name)).toMatchObject(shown);
    });

    test.each(requested)('a repeated POST of "%s" is answered with that video', expectReplay);
  });
});

/** Does the execution wait for a token? */
const isWaiting = (execution: LocalExecution | undefined): boolean =>
  execution?.events.at(-1)?.type === 'TaskSubmitted';

const isRunning = ({ execution }: KeptVideo): boolean => execution.status === 'RUNNING';

/** The newest state that the execution has entered. */
function stateOf({ execution }: KeptVideo): unknown {
  const entered = execution.events.findLast(({ type }) => type.endsWith('StateEntered'));
  const { name } = (entered?.stateEnteredEventDetails ?? {}) as { readonly name?: string };
  return name;
}
