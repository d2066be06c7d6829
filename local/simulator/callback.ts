import { randomUUID } from 'node:crypto';
import type { Challenge } from './scenario.ts';

/** How long MiniMax waits for an answer. */
const ANSWER_MS = 3_000;

/** What came of calling somebody: the HTTP status, or that there was no answer. */
export type CallOutcome = number | 'no answer';

/** MiniMax as the one who calls. */
export interface Caller {
  /** Every call that is over, in the order in which they ended. */
  readonly outcomes: readonly CallOutcome[];
  /** Asks whether anybody is there. @returns whether the same value came back in time */
  challenge(url: string, challenge: Challenge): Promise<boolean>;
  /** Says that a task has changed, and does not care what comes of it. */
  callback(url: string, fields: object): Promise<void>;
  /** The same, so many milliseconds later. */
  callbackAfter(milliseconds: number, url: string, fields: object): void;
  stop(): void;
}

/** @param answerMs how long it waits for an answer. @default as MiniMax does */
export function createCaller(answerMs = ANSWER_MS): Caller {
  const outcomes: CallOutcome[] = [];
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();

  async function post(url: string, fields: object): Promise<Response | undefined> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(answerMs)]);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(fields);
    const response = await fetch(url, { method: 'POST', headers, body, signal }).catch(() => undefined);
    outcomes.push(response?.status ?? 'no answer');
    return response;
  }

  async function callback(url: string, fields: object): Promise<void> {
    const response = await post(url, fields);
    await response?.body?.cancel();
  }

  return {
    outcomes,
    callback,
    async challenge(url, { value = randomUUID() }) {
      const response = await post(url, { challenge: value });
      const answer = await response?.text().catch(() => undefined);
      return response?.ok === true && answer === JSON.stringify({ challenge: value });
    },
    callbackAfter(milliseconds, url, fields) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void callback(url, fields);
      }, milliseconds);
      timers.add(timer);
    },
    stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
