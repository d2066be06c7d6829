import { randomUUID } from 'node:crypto';
import type { Challenge } from './scenario.ts';

/** MiniMax waits three seconds for the answer to a callback. */
const ANSWER_MS = 3_000;

/** The HTTP status that a callback was answered with. */
export type CallOutcome = number | 'no answer';

/** Sends MiniMax's requests to a `callback_url`. */
export interface CallbackSender {
  /** In the order in which the calls ended. */
  readonly outcomes: readonly CallOutcome[];
  /** Verifies a `callback_url`. @returns whether the answer repeated the value in time */
  challenge(url: string, challenge: Challenge): Promise<boolean>;
  /** Announces a change of a task, and ignores the answer. */
  send(url: string, fields: object): Promise<void>;
  sendAfter(milliseconds: number, url: string, fields: object): void;
  stop(): void;
}

/** @param answerMs how long it waits for an answer. @default as MiniMax does */
export function createCallbackSender(answerMs = ANSWER_MS): CallbackSender {
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

  async function send(url: string, fields: object): Promise<void> {
    const response = await post(url, fields);
    await response?.body?.cancel();
  }

  return {
    outcomes,
    send,
    async challenge(url, { value = randomUUID() }) {
      const response = await post(url, { challenge: value });
      const answer = await response?.text().catch(() => undefined);
      return response?.ok === true && answer === JSON.stringify({ challenge: value });
    },
    sendAfter(milliseconds, url, fields) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void send(url, fields);
      }, milliseconds);
      timers.add(timer);
    },
    stop() {
      stopping.abort();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
