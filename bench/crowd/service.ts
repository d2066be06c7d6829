import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatedMiniMax } from '../../cli/minimax-backend.ts';
import { startLocalService } from '../../local/local-service.ts';
import { synthesize } from '../../local/synthesize.ts';

/** What the process of the service reports. */
export interface ServiceFigures {
  readonly creates: number;
  readonly executions: Readonly<Record<string, number>>;
  /** The peak memory of the process. */
  readonly megabytes: number;
}

/** Runs the service in a process of its own, so that its memory can be measured. Sends its URL, and its figures on request. */
const folder = await mkdtemp(join(tmpdir(), 'template-video-crowd-'));
const { simulator, context, secrets } = await startSimulatedMiniMax();
const assembly = join(folder, 'cdk.out');
await synthesize(assembly, { ...context, firstWaitSeconds: 1, pollSeconds: 1 });
const objectFolder = join(folder, 'objects');
const service = await startLocalService({ assembly, objectFolder, secrets });

process.on('message', () => {
  const statuses = service.engine.executions.list({ limit: 10_000 }).executions.map(({ status }) => status);
  const executions = Object.fromEntries(
    Object.entries(Object.groupBy(statuses, (status) => status)).map(([status, all]) => [status, all.length]),
  );
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ creates: simulator.creates.length, executions, megabytes } satisfies ServiceFigures);
});
process.once('disconnect', async () => {
  await service.stop();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});
process.send?.({ url: service.url, image: simulator.imageUrl });
