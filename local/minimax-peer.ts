import { EXAMPLE_IMAGE } from '../lambdas/core/template-catalogue.ts';
import type { LocalEnvironment } from './environment.ts';
import { startSimulator } from './simulator/simulator.ts';
import type { Context } from './synthesize.ts';

/** The secret that holds the key here, whatever the project's own settings say. */
const KEY_SECRET = 'minimax/api-key';
const SIMULATED_KEY = 'simulated-key';

/** The MiniMax that the local service talks to: the real one where there is a key for it, otherwise a simulated one. */
export interface MiniMaxPeer {
  readonly isReal: boolean;
  /** For people. */
  readonly description: string;
  /** The settings that point the stack at it. */
  readonly context: Context;
  readonly secrets: ReadonlyMap<string, string>;
  /** The image of MiniMax's own example, or what stands for it. */
  readonly exampleImage: string;
  stop(): Promise<void>;
}

export async function choosePeer({
  minimaxApiKey,
  minimaxApiHost,
}: Pick<LocalEnvironment, 'minimaxApiKey' | 'minimaxApiHost'>): Promise<MiniMaxPeer> {
  if (minimaxApiKey === undefined) return simulatedPeer();
  return {
    isReal: true,
    description: `the real MiniMax at ${minimaxApiHost ?? 'its global host'} (videos cost money)`,
    context: {
      apiKeySecret: KEY_SECRET,
      ...(minimaxApiHost === undefined ? {} : { minimaxHost: minimaxApiHost }),
    },
    secrets: new Map([[KEY_SECRET, minimaxApiKey]]),
    exampleImage: EXAMPLE_IMAGE,
    stop: async () => undefined,
  };
}

/** A simulated MiniMax, with the settings that point the stack at it and the secrets that it needs. */
export async function startSimulatedMiniMax() {
  const simulator = await startSimulator({ apiKey: SIMULATED_KEY });
  const { url } = simulator;
  return {
    simulator,
    context: { apiKeySecret: KEY_SECRET, minimaxHost: url, trustedDownloadOrigins: url },
    secrets: new Map([[KEY_SECRET, SIMULATED_KEY]]),
  };
}

async function simulatedPeer(): Promise<MiniMaxPeer> {
  const { simulator, context, secrets } = await startSimulatedMiniMax();
  return {
    isReal: false,
    description: 'a simulated MiniMax (set MINIMAX_API_KEY to use the real one)',
    context: { ...context, firstWaitSeconds: 1, pollSeconds: 1 },
    secrets,
    exampleImage: simulator.imageUrl,
    stop: simulator.stop,
  };
}
