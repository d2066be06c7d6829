import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXAMPLE_FILE } from '../../cli/example.ts';
import { startSimulatedMiniMax } from '../../cli/minimax-backend.ts';
import { createClient, type NewVideo, type VideosClient } from '../../client/index.ts';
import { startLocalService } from '../../local/local-service.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { synthesize } from '../../local/synthesize.ts';

/** The videos that the pictures show, by what each is for. */
export const VIDEOS = ['ready', 'failed', 'cancelled', 'running'] as const;
export type VideoName = (typeof VIDEOS)[number];

/** A service with some videos in several states. */
export interface Stage extends AsyncDisposable {
  /** The address of its page. */
  readonly address: string;
  /** The ids of the videos. A key gives a video its id, so each run has these ids. */
  readonly ids: Readonly<Record<VideoName, string>>;
}

const RUN_FOR_LIFE = '393769180141805569';
const ANIME_LIFE_SIM = '394514820878671878';
const TEXT_ALONE = { template_id: ANIME_LIFE_SIM, text_inputs: [{ value: 'A samurai in the rain' }] };

const SCENARIOS: Readonly<Record<VideoName, Scenario>> = {
  ready: {},
  failed: { queries: ['Processing', { status: 'Fail', code: 1027 }] },
  cancelled: { queries: ['Processing'] },
  running: { queries: ['Preparing', 'Processing'] },
};

/** Long enough for a picture of the state Wait. */
const SECONDS = { firstWaitSeconds: 2, pollSeconds: 8 };

/** Starts a simulated MiniMax and a service in a temporary folder, and makes the videos. */
export async function setStage(): Promise<Stage> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-screenshots-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const { simulator, context, secrets } = await startSimulatedMiniMax();
  cleanup.defer(() => simulator.stop());
  const assembly = join(folder, 'cdk.out');
  await synthesize(assembly, { ...context, ...SECONDS });
  const service = await startLocalService({
    assembly,
    objectFolder: join(folder, 'objects'),
    secrets,
    isSimulated: true,
  });
  cleanup.defer(() => service.stop());

  const client = createClient({ url: `${service.url}/videos` });
  const ids: Partial<Record<VideoName, string>> = {};
  // One after the other: a script is for the next create.
  for (const name of VIDEOS) {
    const before = simulator.creates.length;
    simulator.script(SCENARIOS[name]);
    const { video_id } = await client.start(await requestFor(name), { idempotencyKey: `picture ${name}` });
    ids[name] = video_id;
    while (simulator.creates.length === before) await pause(50);
  }
  await endAll(client, ids as Stage['ids']);
  const stop = cleanup.move();
  return {
    address: `${service.url}/`,
    ids: ids as Stage['ids'],
    [Symbol.asyncDispose]: () => stop.disposeAsync(),
  };
}

async function requestFor(name: VideoName): Promise<NewVideo> {
  if (name !== 'ready') return { ...TEXT_ALONE, metadata: { note: `order ${VIDEOS.indexOf(name) + 17}` } };
  return {
    template_id: RUN_FOR_LIFE,
    media_inputs: [{ value: await readFile(EXAMPLE_FILE) }],
    text_inputs: [{ value: 'Lion' }],
    metadata: { note: 'order 17' },
  };
}

/** Waits for all videos that end by themselves, and cancels the one that is to be cancelled. */
async function endAll(client: VideosClient, ids: Stage['ids']): Promise<void> {
  await client.cancel(ids.cancelled);
  const ends = VIDEOS.filter((name) => name !== 'running').map((name) => client.wait(ids[name]));
  await Promise.allSettled(ends);
}
