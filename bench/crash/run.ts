import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { synthesize } from '../../local/synthesize.ts';
import { assess, type Outcome } from './assessment.ts';
import { everythingEnded, wrongLinks } from './ending.ts';
import { type ServicePlace, startService } from './killable-service.ts';
import { isCreateOpen, PHASES, type Phase } from './phases.ts';
import { randomFrom } from './random.ts';
import { type AskedVideo, ask } from './requests.ts';
import { inPhase, newVideo } from './round.ts';
import { storedObjects } from './stored-objects.ts';

const API_KEY = 'sk-crash-0123456789abcdef';
const CLIP = join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4');

export interface CrashOptions {
  readonly folder: string;
  readonly kills: number;
  readonly videos: number;
  /** Of the random numbers. A seed makes a run repeatable. */
  readonly seed: number;
  /** How long everything may take to end after the last kill. */
  readonly endMs: number;
  readonly onKill?: (line: string) => void;
}

export interface CrashReport {
  readonly kills: ReadonlyMap<Phase['name'], number>;
  /** Kills while at least one create waited for its answer. */
  readonly killsInCreate: number;
  readonly requests: number;
  readonly videos: number;
  readonly creates: number;
  /** Creates whose answer was cut, and creates whose answer was sent but not recorded. */
  readonly cut: number;
  readonly unread: number;
  readonly outcomes: ReadonlyMap<Outcome, number>;
  readonly violations: readonly string[];
}

/** Kills and restarts the service repeatedly, and checks every video against the contract. */
export async function runCrashes(options: CrashOptions): Promise<CrashReport> {
  await using cleanup = new AsyncDisposableStack();
  const simulator = await startSimulator({ apiKey: API_KEY });
  cleanup.defer(() => simulator.stop());
  const place = await prepare(options.folder, simulator);
  const random = randomFrom(options.seed);
  const disk = storedObjects(join(place.folder, 'objects'));
  const asked: AskedVideo[] = [];
  const lostTasks = new Set<string>();
  const claimed = new Set<string>();
  const kills = new Map<Phase['name'], number>();
  const open = { kills: 0 };

  function inspectDisk(createsBefore: number): void {
    const jobs = disk.jobs();
    const known = new Set([...jobs.values()].map(({ task }) => task?.task_id));
    for (const { taskId } of simulator.creates.slice(createsBefore))
      if (taskId !== undefined && !known.has(taskId)) lostTasks.add(taskId);
    for (const [videoId, { task, error }] of jobs)
      if (task === undefined && error === undefined) claimed.add(videoId);
  }

  for (let round = 0; round < options.kills; round += 1) {
    const phase = PHASES[round % PHASES.length] as Phase;
    const createsBefore = simulator.creates.length;
    const count = Math.ceil((options.videos - asked.length) / (options.kills - round));
    const news = Array.from({ length: count }, () => newVideo(phase, asked));
    const starting = startService(place);
    cleanup.defer(() => starting.kill());
    await inPhase(phase, { starting, news, asked, simulator, random });
    if (isCreateOpen(simulator)) open.kills += 1;
    await starting.kill();
    // The sockets of the killed process close a moment later.
    while (isCreateOpen(simulator)) await after(5);
    inspectDisk(createsBefore);
    simulator.forgetScripts();
    kills.set(phase.name, (kills.get(phase.name) ?? 0) + 1);
    options.onKill?.(
      `${round + 1}. ${phase.name}: ${asked.length} videos, ${simulator.creates.length} creates`,
    );
  }

  const last = startService(place);
  cleanup.defer(() => last.kill());
  const service = await last.up;
  const shown = await everythingEnded(service, asked, options.endMs);
  const createsBefore = simulator.creates.length;
  for (const each of asked) await ask(service.url, each);
  const sha256 = createHash('sha256')
    .update(await readFile(CLIP))
    .digest('hex');
  const { throwing, damaged } = await disk.faults(sha256);
  const links = await wrongLinks(shown, sha256);

  const assessments = asked.map((video) =>
    assess(
      {
        asked: video,
        shown: shown.get(video),
        creates: simulator.creates.filter(({ body }) => textOf(body) === video.text),
        lostTasks,
        wasClaimed: claimed.has(video.videoId ?? ''),
      },
      claimed.size > 0,
    ),
  );
  const outcomes = new Map<Outcome, number>();
  for (const { outcome } of assessments) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const cut = [...simulator.answers.values()].filter((fate) => fate === 'cut').length;
  const inDoubt = outcomes.get('in doubt, create arrived') ?? 0;
  return {
    kills,
    killsInCreate: open.kills,
    requests: asked.reduce((sum, { times }) => sum + times, 0),
    videos: asked.length,
    creates: simulator.creates.length,
    cut,
    unread: lostTasks.size - cut,
    outcomes,
    violations: [
      ...assessments.flatMap(({ violations }) => violations),
      ...(simulator.creates.length > asked.length ? ['there are more creates than videos'] : []),
      ...(simulator.creates.length > createsBefore ? ['a repeated key was paid twice'] : []),
      ...(inDoubt === lostTasks.size
        ? []
        : [`${inDoubt} videos are in doubt, ${lostTasks.size} answers were lost`]),
      ...throwing.map((key) => `the object ${key} cannot be read`),
      ...damaged.map((key) => `the object ${key} is damaged`),
      ...links.map((videoId) => `the link of video ${videoId} leads to another file`),
    ],
  };
}

async function prepare(folder: string, { url }: Simulator): Promise<ServicePlace> {
  const assembly = join(folder, 'cdk.out');
  const host = { minimaxHost: url, trustedDownloadOrigins: url, apiKeySecret: 'minimax/api-key' };
  await synthesize(assembly, { ...host, firstWaitSeconds: 1, pollSeconds: 1 });
  return { assembly, folder: join(folder, 'service'), apiKey: API_KEY };
}

function textOf(body: unknown): string | undefined {
  const { text_inputs = [] } = (body ?? {}) as {
    readonly text_inputs?: readonly { readonly value: string }[];
  };
  return text_inputs[0]?.value;
}
