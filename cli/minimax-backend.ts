import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXAMPLE_IMAGE } from '../lambdas/core/minimax/templates.ts';
import { type Simulator, startSimulator } from '../local/simulator/simulator.ts';
import { openTaskMemory } from '../local/simulator/task-memory.ts';
import type { Context } from '../local/synthesize.ts';
import type { MiniMaxChoice } from './minimax-choice.ts';

/** The secret that holds the key here, whatever the project's own settings say. */
const KEY_SECRET = 'minimax/api-key';
const SIMULATED_KEY = 'simulated-key';

/** The MiniMax that the local service talks to: the real one where there is a key for it, otherwise a simulated one. */
export interface MiniMaxBackend {
  readonly isReal: boolean;
  /** The settings that point the stack at it. */
  readonly context: Context;
  readonly secrets: ReadonlyMap<string, string>;
  /** The image of MiniMax's own example, or what stands for it. */
  readonly exampleImage: string;
  stop(): Promise<void>;
}

interface PeerOptions extends MiniMaxChoice {
  /** Whether the simulated MiniMax is to call; the real one cannot reach this machine. */
  readonly callbacks: boolean;
  /** Where the simulated one keeps its tasks and its port. @default it forgets them */
  readonly simulatorFolder?: string | undefined;
  /** Is told what a person has to know of the simulated one. @default nobody */
  readonly announce?: (line: string) => void;
}

export async function selectMiniMax(options: PeerOptions): Promise<MiniMaxBackend> {
  const { apiKey, host } = options;
  if (apiKey === undefined) return simulatedPeer(options);
  return {
    isReal: true,
    context: {
      apiKeySecret: KEY_SECRET,
      callbacks: false,
      ...(host === undefined ? {} : { minimaxHost: host }),
    },
    secrets: new Map([[KEY_SECRET, apiKey]]),
    exampleImage: EXAMPLE_IMAGE,
    stop: async () => undefined,
  };
}

/** A simulated MiniMax, with the settings that point the stack at it and the secrets that it needs. */
export async function startSimulatedMiniMax({
  callbackAfterMs = 0,
  folder,
  announce = () => undefined,
}: {
  readonly callbackAfterMs?: number;
  /** Where it keeps its tasks and its port. @default it forgets them */
  readonly folder?: string | undefined;
  readonly announce?: (line: string) => void;
} = {}) {
  const start = (port: number) => {
    const memory = folder === undefined ? undefined : openTaskMemory(folder);
    return startSimulator({ apiKey: SIMULATED_KEY, callbackAfterMs, port, memory }).catch(
      (error: unknown) => {
        memory?.close();
        throw error;
      },
    );
  };
  const simulator = folder === undefined ? await start(0) : await onKeptPort(folder, start, announce);
  const { url } = simulator;
  return {
    simulator,
    context: { apiKeySecret: KEY_SECRET, minimaxHost: url, trustedDownloadOrigins: url },
    secrets: new Map([[KEY_SECRET, SIMULATED_KEY]]),
  };
}

/** Under the address that it had before, which stands in requests of then, or under a new one where that is taken. */
async function onKeptPort(
  folder: string,
  start: (port: number) => Promise<Simulator>,
  announce: (line: string) => void,
): Promise<Simulator> {
  const path = join(folder, 'port');
  const kept = await readFile(path, 'utf8').then(Number, () => 0);
  const simulator = await start(kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    announce(
      `Port ${kept}, which the simulated MiniMax had before, is taken: it takes another. Links to its example image of then are broken.`,
    );
    return start(0);
  });
  await writeFile(path, new URL(simulator.url).port, { mode: 0o600 });
  return simulator;
}

/** Between two changes of a task that rings: long enough for a person to see the wait. */
const CALLBACK_AFTER_MS = 3_000;

async function simulatedPeer({ callbacks, simulatorFolder, announce }: PeerOptions): Promise<MiniMaxBackend> {
  const { simulator, context, secrets } = await startSimulatedMiniMax({
    callbackAfterMs: CALLBACK_AFTER_MS,
    folder: simulatorFolder,
    ...(announce === undefined ? {} : { announce }),
  });
  return {
    isReal: false,
    context: { ...context, firstWaitSeconds: 1, pollSeconds: 1, callbacks },
    secrets,
    exampleImage: simulator.imageUrl,
    stop: simulator.stop,
  };
}
