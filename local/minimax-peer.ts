import { EXAMPLE_IMAGE } from '../lambdas/core/template-catalogue.ts';
import type { LocalEnvironment } from './environment.ts';
import { WrongFlag } from './flags.ts';
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

/** @param doorbell whether MiniMax is to call; the real one cannot reach this machine */
export async function choosePeer({
  minimaxApiKey,
  minimaxApiHost,
  doorbell,
}: Pick<LocalEnvironment, 'minimaxApiKey' | 'minimaxApiHost'> & {
  readonly doorbell: boolean;
}): Promise<MiniMaxPeer> {
  if (minimaxApiKey === undefined) return simulatedPeer(doorbell);
  if (doorbell) throw new WrongFlag('--doorbell is for the simulated MiniMax: unset MINIMAX_API_KEY.');
  return {
    isReal: true,
    description: `the real MiniMax at ${minimaxApiHost ?? 'its global host'} (videos cost money)`,
    context: {
      apiKeySecret: KEY_SECRET,
      doorbell: false,
      ...(minimaxApiHost === undefined ? {} : { minimaxHost: minimaxApiHost }),
    },
    secrets: new Map([[KEY_SECRET, minimaxApiKey]]),
    exampleImage: EXAMPLE_IMAGE,
    stop: async () => undefined,
  };
}

/** A simulated MiniMax, with the settings that point the stack at it and the secrets that it needs. */
export async function startSimulatedMiniMax({ ringAfterMs = 0 } = {}) {
  const simulator = await startSimulator({ apiKey: SIMULATED_KEY, ringAfterMs });
  const { url } = simulator;
  return {
    simulator,
    context: { apiKeySecret: KEY_SECRET, minimaxHost: url, trustedDownloadOrigins: url },
    secrets: new Map([[KEY_SECRET, SIMULATED_KEY]]),
  };
}

/** Between two changes of a task that rings: long enough for a person to see the wait. */
const RING_AFTER_MS = 3_000;

async function simulatedPeer(doorbell: boolean): Promise<MiniMaxPeer> {
  const { simulator, context, secrets } = await startSimulatedMiniMax({ ringAfterMs: RING_AFTER_MS });
  const whoRings = doorbell
    ? ', which rings when a task changes'
    : ' (set MINIMAX_API_KEY to use the real one)';
  return {
    isReal: false,
    description: `a simulated MiniMax${whoRings}`,
    context: { ...context, firstWaitSeconds: 1, pollSeconds: 1, doorbell },
    secrets,
    exampleImage: simulator.imageUrl,
    stop: simulator.stop,
  };
}
