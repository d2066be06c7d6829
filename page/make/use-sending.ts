import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../parts/live-region.tsx';
import { hrefOf } from '../route.ts';
import { T } from '../strings.ts';
import type { Draft } from './draft.ts';
import type { Pending } from './pending.ts';
import type { Outcome } from './sending.ts';

/** What a form knows of its request. */
interface SendingState {
  readonly isSending: boolean;
  /** The request, while it is not known what became of it. */
  readonly pending: Pending | undefined;
  /** Why it was not started, or is not known to be. */
  readonly problem: string;
}

/** Sends one request at a time, so that a double click is one. */
export function useSending(earlier: Pending | undefined, setDraft: (draft: Draft) => void) {
  const [state, setState] = useState<SendingState>({ isSending: false, pending: earlier, problem: '' });
  const isBusy = useRef(false);
  const [left] = useState(() => new AbortController());
  useEffect(() => () => left.abort(), [left]);

  function show(news: Partial<SendingState>): void {
    setState((before) => ({ ...before, ...news }));
    if (news.problem !== undefined && news.problem !== '') announce(news.problem);
  }

  function end(outcome: Outcome): void {
    isBusy.current = false;
    // A person who has left the form stays where they are.
    if (left.signal.aborted) return;
    if (outcome.is === 'started') location.hash = hrefOf(outcome.videoId);
    if (outcome.is === 'rejected') setDraft(outcome.draft);
    show({
      isSending: false,
      problem: problemOf(outcome),
      ...(outcome.is === 'unknown' ? { pending: outcome.pending } : {}),
    });
  }

  /** @param work gets a signal that ends it when the person leaves the form before its request is sent */
  function send(work: (signal: AbortSignal) => Promise<Outcome>): void {
    if (isBusy.current) return;
    isBusy.current = true;
    show({ isSending: true, problem: '' });
    void work(left.signal).then(end);
  }

  return { state, send, fail: (problem: string) => show({ problem }) };
}

function problemOf(outcome: Outcome): string {
  if (outcome.is === 'elsewhere') return T.sentElsewhere;
  return 'why' in outcome ? outcome.why : '';
}
