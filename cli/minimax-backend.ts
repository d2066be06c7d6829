import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXAMPLE_IMAGE } from '../lambdas/core/minimax/templates.ts';
import { type Simulator, startSimulator } from '../local/simulator/simulator.ts';
import { openTaskMemory } from '../local/simulator/task-memory.ts';
import type { Context } from '../local/synthesize.ts';
import { type MiniMaxChoice, toHostContext } from './minimax-choice.ts';

/** The secret with the key on this machine. It replaces the setting of the project. */
const KEY_SECRET = 'minimax/api-key';
const SIMULATED_KEY = 'simulated-key';

/** The MiniMax that the local service calls: the real one with a key, the simulated one without. */
export interface MiniMaxBackend {
  readonly isReal: boolean;
  /** The stack's settings for this MiniMax. */
  readonly context: Context;
  readonly secrets: ReadonlyMap<string, string>;
  /** The image of MiniMax's own example, or a local one instead. */
  readonly exampleImage: string;
  stop(): Promise<void>;
}

interface BackendOptions extends MiniMaxChoice {
  /** Whether the simulated MiniMax sends callbacks. The real one cannot reach this machine. */
  readonly callbacks: boolean;
  /** Where the simulated MiniMax keeps its tasks and its port. @default they are not kept */
  readonly simulatorFolder?: string;
  /** Called with a sentence for people about the simulated MiniMax. @default no sentence */
  readonly announce?: (line: string) => void;
}

export async function selectMiniMax(options: BackendOptions): Promise<MiniMaxBackend> {
  const { apiKey } = options;
  if (apiKey === undefined) return simulatedBackend(options);
  return {
    isReal: true,
    context: {
      apiKeySecret: KEY_SECRET,
      callbacks: false,
      ...toHostContext(options),
    },
    secrets: new Map([[KEY_SECRET, apiKey]]),
    exampleImage: EXAMPLE_IMAGE,
    stop: async () => undefined,
  };
}

/** A simulated MiniMax, with the stack's settings and secrets for it. */
export async function startSimulatedMiniMax({
  callbackAfterMs = 0,
  folder,
  announce = () => undefined,
}: {
  readonly callbackAfterMs?: number;
  /** Where it keeps its tasks and its port. @default they are not kept */
  readonly folder?: string;
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

/** Starts on the port of the run before, because stored requests contain that address. A taken port is replaced. */
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
      `Port ${kept} of the simulated MiniMax is taken, so it uses another. Older links to its example image are broken.`,
    );
    return start(0);
  });
  await writeFile(path, new URL(simulator.url).port, { mode: 0o600 });
  return simulator;
}

/** Between two changes of a simulated task with callbacks: long enough for a person to see the wait. */
const CALLBACK_AFTER_MS = 3_000;

async function simulatedBackend({
  callbacks,
  simulatorFolder,
  announce,
}: BackendOptions): Promise<MiniMaxBackend> {
  const { simulator, context, secrets } = await startSimulatedMiniMax({
    callbackAfterMs: CALLBACK_AFTER_MS,
    folder: simulatorFolder,
    announce,
  });
  return {
    isReal: false,
    context: { ...context, firstWaitSeconds: 1, pollSeconds: 1, callbacks },
    secrets,
    exampleImage: simulator.imageUrl,
    stop: simulator.stop,
  };
}
