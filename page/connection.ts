import { useEffect, useState } from 'preact/hooks';
import { createClient } from '../client/index.ts';
import { MINIMAX_HEADER, PAGE_HEADER, SIMULATED } from '../lambdas/core/api/simulated.ts';
import { fieldsOf } from '../lambdas/core/json/fields.ts';

/** What is known of the service from its last answer. */
export interface Reach {
  readonly isReachable: boolean;
  /** Why not, in the words of something in between. */
  readonly why?: string | undefined;
  /** Whether its MiniMax is the simulated one. Undefined before the first answer, and the same from then on: what costs nothing must stay free. */
  readonly isSimulated: boolean | undefined;
  /** A video that the service does not show, or not yet. */
  readonly unknownVideo?: string | undefined;
}

let reach: Reach = { isReachable: true, isSimulated: undefined };
const NAMES = ['isReachable', 'why', 'isSimulated', 'unknownVideo'] as const;
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

/**
 * Every request of the page. It says for which service the page was loaded, and whether it counts on a simulated MiniMax. Another service at
 * this address rejects it.
 */
const noticing: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  if (reach.isSimulated === true) headers.set(MINIMAX_HEADER, SIMULATED);
  headers.set(PAGE_HEADER, document.body.dataset.service ?? '');
  try {
    const response = await fetch(input, { ...init, headers });
    if (NO_SERVICE.includes(response.status)) note({ isReachable: false, why: await detailOf(response) });
    else noteAnswer(response);
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) note({ isReachable: false, why: undefined });
    throw error;
  }
};

/** Only the service itself answers with a success. */
function noteAnswer({ headers, ok }: Response): void {
  const isSimulated = reach.isSimulated ?? (ok ? headers.get(MINIMAX_HEADER) === SIMULATED : undefined);
  note({ isReachable: true, why: undefined, isSimulated });
}

async function detailOf(response: Response): Promise<string | undefined> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const { detail } = fieldsOf(problem);
  return typeof detail === 'string' ? detail : undefined;
}

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
