import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalService, type LocalServiceOptions, startLocalService } from '../local/local-service.ts';
import { lockFolder } from '../local/state/folder-lock.ts';
import {
  closeRoot,
  type HostFolder,
  hostFolder,
  type OtherHost,
  unfinishedElsewhere,
} from '../local/state/host-folders.ts';
import { runFolderIn, temporaryRunFolder } from '../local/state/run-folder.ts';
import { minimaxHostOf, synthesize } from '../local/synthesize.ts';
import { selectMiniMax } from './minimax-backend.ts';
import type { MiniMaxChoice } from './minimax-choice.ts';

interface BringUpOptions extends Pick<LocalServiceOptions, 'port' | 'onEvent' | 'onRequest' | 'maxWorkers'> {
  readonly minimax: MiniMaxChoice;
  /** Whether everything outlives the run. What was paid for always does. */
  readonly isKept: boolean;
  /** Whether MiniMax is to ring. @default false */
  readonly callbacks?: boolean;
  /** Is told each step before it takes its time. */
  readonly announce: (line: string) => void;
}

export interface Running extends AsyncDisposable {
  readonly service: LocalService;
  /** Whether videos cost money. */
  readonly isReal: boolean;
  readonly exampleImage: string;
  /** Where everything lies that outlives the run; undefined where nothing does. */
  readonly kept: HostFolder | undefined;
  readonly others: readonly OtherHost[];
}

/** From nothing to a running service: chooses a MiniMax, synthesizes the stack for it, and starts what was synthesized. */
export async function startStack({
  minimax,
  isKept,
  callbacks = false,
  announce,
  ...options
}: BringUpOptions): Promise<Running> {
  await using cleanup = new AsyncDisposableStack();
  const kept = await keptFolder(minimax, isKept);
  if (kept !== undefined) {
    closeRoot();
    cleanup.use(lockFolder(kept.path));
  }
  const others = kept === undefined ? [] : unfinishedElsewhere(kept);
  const temporary = kept === undefined ? temporaryRunFolder() : runFolderIn(kept.path);
  cleanup.defer(() => rm(temporary, { recursive: true, force: true }));
  const peer = await selectMiniMax({ ...minimax, callbacks, simulatorFolder: kept?.simulator, announce });
  cleanup.defer(() => peer.stop());

  announce('Synthesizing the stack and bundling its functions …');
  const assembly = join(temporary, 'cdk.out');
  await synthesize(assembly, peer.context);
  announce('Starting the service …');
  const { objects, state } = kept ?? { objects: join(temporary, 'objects'), state: join(temporary, 'state') };
  const service = await startLocalService({
    assembly,
    objectFolder: objects,
    stateFolder: state,
    secrets: peer.secrets,
    ...(kept === undefined
      ? {}
      : { onLog: (_name, text) => appendFileSync(kept.log, text, { mode: 0o600 }) }),
    ...options,
  });
  cleanup.defer(() => service.stop());

  const stop = cleanup.move();
  const { isReal, exampleImage } = peer;
  return { service, isReal, exampleImage, kept, others, [Symbol.asyncDispose]: () => stop.disposeAsync() };
}

/** Real and simulated never mix, nor do two hosts. */
async function keptFolder({ apiKey, host }: MiniMaxChoice, isKept: boolean): Promise<HostFolder | undefined> {
  if (apiKey === undefined) return isKept ? hostFolder(undefined) : undefined;
  return hostFolder(await minimaxHostOf(host === undefined ? {} : { minimaxHost: host }));
}
