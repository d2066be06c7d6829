import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * Makes values until it is stopped, or until there are no more.
 * @param newest what another tab has made last
 */
export type Source<T> = (
  emit: (value: T) => void,
  signal: AbortSignal,
  newest: T | undefined,
) => Promise<void>;

type Message<T> = { readonly asks: true } | { readonly value: T; readonly isOver: boolean };

/**
 * Runs a source once for all tabs of this browser with the same name. The tab that holds the lock of this name runs it, and tells the
 * others. A hidden tab gives the lock away, because browsers slow it down.
 */
export function runOnce<T>(name: string, source: Source<T>, receive: (value: T) => void): () => void {
  const channel = new BroadcastChannel(name);
  const closed = new AbortController();
  let newest: T | undefined;
  let isOver = false;
  let turn: AbortController | undefined;

  function take(value: T): void {
    if (closed.signal.aborted) return;
    newest = value;
    receive(value);
  }

  function tell(): void {
    if (newest !== undefined) channel.postMessage({ value: newest, isOver } satisfies Message<T>);
  }

  channel.onmessage = ({ data }: MessageEvent<Message<T>>) => {
    if (!('value' in data)) {
      if (turn !== undefined || isOver) tell();
      return;
    }
    take(data.value);
    isOver = data.isOver;
    if (isOver) endTurn();
  };

  async function run(signal: AbortSignal): Promise<void> {
    if (isOver) return;
    const emit = (value: T): void => {
      if (signal.aborted) return;
      take(value);
      tell();
    };
    await source(emit, signal, newest);
    if (signal.aborted) return;
    isOver = true;
    tell();
  }

  async function takeTurn(): Promise<void> {
    if (turn !== undefined || isOver || document.hidden) return;
    turn = new AbortController();
    const { signal } = turn;
    await navigator.locks
      .request(name, { signal }, () => run(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }

  function endTurn(): void {
    turn?.abort();
    turn = undefined;
  }

  const follow = (): void => (document.hidden ? endTurn() : void takeTurn());
  document.addEventListener('visibilitychange', follow, { signal: closed.signal });
  channel.postMessage({ asks: true } satisfies Message<T>);
  void takeTurn();
  return () => {
    closed.abort();
    endTurn();
    channel.close();
  };
}

interface Shown<T> {
  readonly place: string;
  readonly value: T;
}

/**
 * The newest value of a source that runs once for all tabs.
 * @param place what it shows. The last value stays until there is another one for the same place
 * @param round runs the source anew
 */
export function useOnce<T>(place: string, source: Source<T>, round = 0): T | undefined {
  const [shown, setShown] = useState<Shown<T>>();
  const newest = useRef(source);
  newest.current = source;
  useEffect(
    () =>
      runOnce<T>(
        `${place} ${round}`,
        (...given) => newest.current(...given),
        (value) => setShown({ place, value }),
      ),
    [place, round],
  );
  return shown?.place === place ? shown.value : undefined;
}
