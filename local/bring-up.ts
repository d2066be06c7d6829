import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLocalEnvironment } from './environment.ts';
import { type LocalService, type LocalServiceOptions, startLocalService } from './local-service.ts';
import { choosePeer } from './minimax-peer.ts';
import { synthesize } from './synthesize.ts';

/** Where objects stay between runs. */
const OBJECT_FOLDER = join('.local', 'objects');

interface BringUpOptions extends Pick<LocalServiceOptions, 'port' | 'onEvent' | 'onLog' | 'maxWorkers'> {
  /** Whether the objects outlive the run. Those that were paid for always do. */
  readonly keepObjects: boolean;
  /** Whether MiniMax is to ring. @default false */
  readonly doorbell?: boolean;
  /** Is told with what the service is coming up, before it takes its time. */
  readonly announce: (line: string) => void;
}

export interface Running extends AsyncDisposable {
  readonly service: LocalService;
  /** Whether videos cost money. */
  readonly isReal: boolean;
  readonly exampleImage: string;
}

/** From nothing to a running service: chooses a MiniMax, synthesizes the stack for it, and starts what was synthesized. */
export async function bringUp({
  keepObjects,
  doorbell = false,
  announce,
  ...options
}: BringUpOptions): Promise<Running> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const peer = await choosePeer({ ...readLocalEnvironment(), doorbell });
  cleanup.defer(() => peer.stop());
  announce(`Template Video on this machine, with ${peer.description}`);

  const assembly = join(folder, 'cdk.out');
  await synthesize(assembly, peer.context);
  const objectFolder = keepObjects || peer.isReal ? OBJECT_FOLDER : join(folder, 'objects');
  const service = await startLocalService({ assembly, objectFolder, secrets: peer.secrets, ...options });
  cleanup.defer(() => service.stop());

  const stop = cleanup.move();
  const { isReal, exampleImage } = peer;
  return { service, isReal, exampleImage, [Symbol.asyncDispose]: () => stop.disposeAsync() };
}
