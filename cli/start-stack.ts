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
import { fillNewTable } from './fill-new-table.ts';
import { type MiniMaxBackend, selectMiniMax } from './minimax-backend.ts';
import { type MiniMaxChoice, toHostContext } from './minimax-choice.ts';

interface StartStackOptions
  extends Pick<LocalServiceOptions, 'port' | 'onEvent' | 'onRequest' | 'maxWorkers' | 'isIdle'> {
  readonly minimax: MiniMaxChoice;
  /** Whether simulated videos outlive the run. Real ones always do. */
  readonly isKept: boolean;
  /** Whether MiniMax sends callbacks. @default false */
  readonly callbacks?: boolean;
  /** Origins whose pages may call the API. @default those of the project */
  readonly corsOrigins?: readonly string[];
  /** Called with the name of each slow step before it begins. */
  readonly announce: (line: string) => void;
}

export interface RunningStack extends AsyncDisposable {
  readonly service: LocalService;
  /** Whether videos cost money. */
  readonly isReal: boolean;
  readonly exampleImage: string;
  /** The folder of everything that outlives the run; undefined where nothing does. */
  readonly kept: HostFolder | undefined;
  readonly otherHosts: readonly OtherHost[];
}

/** Selects a MiniMax, synthesizes the stack for it, and starts the service from the synthesized template. */
export async function startStack({
  minimax,
  isKept,
  callbacks = false,
  corsOrigins,
  announce,
  ...options
}: StartStackOptions): Promise<RunningStack> {
  await using cleanup = new AsyncDisposableStack();
  const kept = await keptFolder(minimax, isKept);
  if (kept !== undefined) {
    closeRoot();
    cleanup.use(lockFolder(kept.path));
  }
  const otherHosts = kept === undefined ? [] : unfinishedElsewhere(kept);
  const temporary = kept === undefined ? temporaryRunFolder() : runFolderIn(kept.path);
  cleanup.defer(() => rm(temporary, { recursive: true, force: true }));
  const backend = await selectMiniMax({ ...minimax, callbacks, simulatorFolder: kept?.simulator, announce });
  cleanup.defer(() => backend.stop());

  const service = await startSynthesized({ kept, temporary, backend, corsOrigins, announce, options });
  cleanup.defer(() => service.stop());
  if (!options.isIdle) cleanup.use(fillNewTable(service, announce));

  const stop = cleanup.move();
  const { isReal, exampleImage } = backend;
  return {
    service,
    isReal,
    exampleImage,
    kept,
    otherHosts,
    [Symbol.asyncDispose]: () => stop.disposeAsync(),
  };
}

interface SynthesizedOptions {
  readonly kept: HostFolder | undefined;
  /** Gone at the end of the run. */
  readonly temporary: string;
  readonly backend: MiniMaxBackend;
  readonly corsOrigins: readonly string[] | undefined;
  readonly announce: (line: string) => void;
  readonly options: Pick<LocalServiceOptions, 'port' | 'onEvent' | 'onRequest' | 'maxWorkers' | 'isIdle'>;
}

async function startSynthesized({
  kept,
  temporary,
  backend,
  corsOrigins,
  announce,
  options,
}: SynthesizedOptions): Promise<LocalService> {
  announce('Synthesizing the stack and bundling its functions …');
  const assembly = join(temporary, 'cdk.out');
  const cors = corsOrigins && { corsOrigins: corsOrigins.join() };
  await synthesize(assembly, { ...backend.context, ...cors });
  announce('Starting the service …');
  return startLocalService({
    assembly,
    objectFolder: kept?.objects ?? join(temporary, 'objects'),
    stateFolder: kept?.state ?? join(temporary, 'state'),
    secrets: backend.secrets,
    isSimulated: !backend.isReal,
    onLog: kept && ((_name, text) => appendFileSync(kept.log, text, { mode: 0o600 })),
    ...options,
  });
}

/** Each host has its own folder, so that a paid task is never asked for at the simulated MiniMax. */
async function keptFolder(choice: MiniMaxChoice, isKept: boolean): Promise<HostFolder | undefined> {
  if (choice.apiKey === undefined) return isKept ? hostFolder(undefined) : undefined;
  return hostFolder(await minimaxHostOf(toHostContext(choice)));
}
