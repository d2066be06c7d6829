import { useEffect, useState } from 'preact/hooks';
import { createClient } from '../client/index.ts';
import { MINIMAX_HEADER, SIMULATED } from '../lambdas/core/api/simulated.ts';

/** What is known of the service from its last answer. */
export interface Reach {
  readonly isReachable: boolean;
  /** Whether its MiniMax is the simulated one. Undefined before the first answer. */
  readonly isSimulated: boolean | undefined;
  /** A video that the service does not show, or not yet. */
  readonly unknownVideo?: string | undefined;
}

let reach: Reach = { isReachable: true, isSimulated: undefined };
const NAMES = ['isReachable', 'isSimulated', 'unknownVideo'] as const;
const listeners = new Set<(reach: Reach) => void>();

function note(news: Partial<Reach>): void {
  const next = { ...reach, ...news };
  const isEqual = NAMES.every((name) => next[name] === reach[name]);
  if (isEqual) return;
  reach = next;
  for (const listener of listeners) listener(reach);
}

/** Answers of something between the page and the service, which is not reachable then. */
const NO_SERVICE: readonly number[] = [502, 504];

/** Every request of the page. It says which MiniMax the page counts on, so that a service with the real one rejects a free request. */
const noticing: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  if (reach.isSimulated === true) headers.set(MINIMAX_HEADER, SIMULATED);
  try {
    const response = await fetch(input, { ...init, headers });
    if (NO_SERVICE.includes(response.status)) note({ isReachable: false });
    else note({ isReachable: true, isSimulated: response.headers.get(MINIMAX_HEADER) === SIMULATED });
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) note({ isReachable: false });
    throw error;
  }
};

export const client = createClient({
  url: 'videos',
  fetch: noticing,
  firstPauseMs: 500,
  onRetry({ reason, videoId }) {
    if (reason === 'HTTP 404') note({ unknownVideo: videoId });
  },
});

export function useReach(): Reach {
  const [known, setKnown] = useState(reach);
  useEffect(() => {
    listeners.add(setKnown);
    setKnown(reach);
    return () => void listeners.delete(setKnown);
  }, []);
  return known;
}

/** The sentence of an error, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
