import { expect } from 'vitest';
import type { ListedVideo, Video, VideoList } from '../../lambdas/core/api/response.ts';
import type { VideoRecord } from '../../lambdas/core/job/record-schema.ts';
import { type FaultyTable, startFaultyTable, type TableFault } from '../harness/faulty-table.ts';
import { REQUEST, type RunningService } from '../harness/running-service.ts';
import { createHarness, type Harness, type HarnessOptions, SECRETS } from './harness.ts';
import type { Row } from './row.ts';
import { violationsOf } from './violations.ts';

/** A service whose functions reach the table through a peer that fails. */
export interface TableRun extends AsyncDisposable {
  readonly running: RunningService;
  readonly table: FaultyTable;
  /** Runs a row of the matrix. @returns what is not as it has to be */
  violations(row: Row): Promise<readonly string[]>;
  /** The table works again, the hourly sweep runs, and the list has to show these videos as `GET` does. */
  expectMended(videoIds: readonly string[]): Promise<void>;
  /** The ids of the videos of all rows until now that have an owner. */
  readonly videoIds: readonly string[];
}

export async function startTableRun(options: HarnessOptions = {}): Promise<TableRun> {
  await using cleanup = new AsyncDisposableStack();
  const table = cleanup.use(await startFaultyTable());
  const harness: Harness = cleanup.use(await createHarness({ ...options, table }));
  const { running } = harness;
  const videoIds: string[] = [];
  const everything = cleanup.move();
  return {
    running,
    table,
    videoIds,
    async violations(row) {
      const observed = await harness.observe({ ...row, isPastApi: true });
      // The list of an owner has no video that was started in the console.
      if (row.input === undefined) videoIds.push(observed.videoId);
      const { announced_at } = (observed.job ?? {}) as Partial<VideoRecord>;
      const unsaid =
        announced_at === undefined ? ['its job document does not say that it was announced'] : [];
      const unannounced = eventsOf(running, observed.videoId).length === 0 ? ['it was not announced'] : [];
      return [...violationsOf(row, observed, SECRETS), ...unsaid, ...unannounced];
    },
    async expectMended(ids) {
      table.breakWith(() => undefined);
      await running.service.bus.tick();
      const listed = await list(running);
      for (const id of ids) {
        const video = await running.get(id);
        expect(listed.map(comparable).find(({ video_id }) => video_id === id)).toEqual(comparable(video));
      }
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** The types of the events that name a video. */
export function eventsOf({ service }: RunningService, videoId: string): readonly string[] {
  return service.bus.events
    .filter(({ source, detail }) => source === 'template-video' && (detail as Video).video_id === videoId)
    .map((event) => event['detail-type']);
}

async function list({ service }: RunningService): Promise<readonly ListedVideo[]> {
  const all: ListedVideo[] = [];
  let cursor = '';
  do {
    const answer = await fetch(`${service.url}/videos?limit=100${cursor}`);
    expect(answer.status).toBe(200);
    const { videos, next_cursor } = (await answer.json()) as VideoList;
    all.push(...videos);
    cursor = next_cursor === undefined ? '' : `&cursor=${next_cursor}`;
  } while (cursor !== '');
  return all;
}

/** What both answers say of a video that has ended. */
function comparable({ video, error, ...rest }: Video | ListedVideo) {
  const { video_id, status, created_at, finished_at, elapsed_seconds, template_id, task_id, metadata } =
    rest as Video;
  return {
    ...{ video_id, status, created_at, finished_at, elapsed_seconds, template_id, task_id, metadata },
    bytes: video?.bytes,
    // The list has the title of the type. GET may have one of its own, where Record failure could not run.
    error: error && { type: error.type, money_spent: error.money_spent },
  };
}

/** A video that is stopped while MiniMax works on it. @returns its id */
export async function cancelled({ running }: TableRun): Promise<string> {
  running.simulator.script({ queries: ['Processing'] });
  const answer = await running.post(REQUEST);
  expect(answer.status).toBe(202);
  const { video_id } = (await answer.json()) as Video;
  await expect.poll(async () => (await running.get(video_id)).polls).toBeGreaterThan(0);
  const deleted = await fetch(`${running.service.url}/videos/${video_id}`, { method: 'DELETE' });
  expect(deleted.status).toBe(200);
  await running.endOf(video_id);
  running.simulator.forgetScripts();
  return video_id;
}

/** A video that fails, is redriven, and succeeds. @returns its id */
export async function redriven({ running }: TableRun): Promise<string> {
  const { name } = await running.run(REQUEST, { queries: ['Fail', 'Success'] });
  expect(await running.get(name)).toMatchObject({ status: 'failed' });
  running.service.engine.redrive(name);
  await running.endOf(name);
  running.simulator.forgetScripts();
  return name;
}

/** Each call meets this fault. */
export const always = (fault: TableFault) => (): TableFault => fault;
