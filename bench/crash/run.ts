import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../local/simulator/simulator.ts';
import { synthesize } from '../../local/synthesize.ts';
import { everythingEnded, wrongLinks } from './ending.ts';
import { type ServicePlace, startService } from './killable-service.ts';
import { isCreateOpen, PHASES, type Phase } from './phases.ts';
import { randomFrom } from './random.ts';
import { type CrashReport, toReport } from './report.ts';
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

/** Kills and restarts the service repeatedly, and checks every video against the contract. */
export async function runCrashes(options: CrashOptions): Promise<CrashReport> {
  await using cleanup = new AsyncDisposableStack();
  const simulator = await startSimulator({ apiKey: API_KEY });
  cleanup.defer(() => simulator.stop());
  const place = await prepare(options, simulator);
  const random = randomFrom(options.seed);
  const disk = storedObjects(join(place.folder, 'objects'));
  const asked: AskedVideo[] = [];
  const lostTasks = new Set<string>();
  const claimed = new Set<string>();
  const kills = new Map<Phase['name'], number>();
  let killsInCreate = 0;

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
    if (isCreateOpen(simulator)) killsInCreate += 1;
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
  const observed = { kills, killsInCreate, simulator, asked, shown, lostTasks, claimed, createsBefore };
  return toReport({
    ...observed,
    ...(await disk.faults(sha256)),
    wrongLinks: await wrongLinks(shown, sha256),
  });
}

async function prepare({ folder }: Pick<CrashOptions, 'folder'>, { url }: Simulator): Promise<ServicePlace> {
  const assembly = join(folder, 'cdk.out');
  const host = { minimaxHost: url, trustedDownloadOrigins: url, apiKeySecret: 'minimax/api-key' };
  const context = { ...host, firstWaitSeconds: 1, pollSeconds: 1 };
  await synthesize(assembly, context);
  return { assembly, folder: join(folder, 'service'), apiKey: API_KEY };
}
