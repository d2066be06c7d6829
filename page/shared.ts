import { useEffect, useState } from 'preact/hooks';

/** Makes values until it is stopped. */
export type Source<T> = (emit: (value: T) => void, signal: AbortSignal) => Promise<void>;

type Message<T> = { readonly asks: true } | { readonly value: T };

/**
 * Runs a source once for all tabs of this browser that show the same. The tab that holds the lock of this name runs it, and tells the
 * others. A hidden tab gives the lock away, because browsers slow it down.
 */
export function share<T>(name: string, source: Source<T>, receive: (value: T) => void): () => void {
  const channel = new BroadcastChannel(name);
  const over = new AbortController();
  let newest: T | undefined;
  let turn: AbortController | undefined;

  function emit(value: T): void {
    if (over.signal.aborted) return;
    newest = value;
    receive(value);
    channel.postMessage({ value } satisfies Message<T>);
  }

  channel.onmessage = ({ data }: MessageEvent<Message<T>>) => {
    if ('value' in data) receive(data.value);
    else if (newest !== undefined && turn !== undefined) channel.postMessage({ value: newest });
  };

  async function takeTurn(): Promise<void> {
    if (turn !== undefined || document.hidden) return;
    const mine = new AbortController();
    turn = mine;
    const { signal } = mine;
    const run = (): Promise<void> => source(emit, signal);
    await navigator.locks.request(name, { signal }, run).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  function endTurn(): void {
    turn?.abort();
    turn = undefined;
  }

  const follow = (): void => (document.hidden ? endTurn() : void takeTurn());
  document.addEventListener('visibilitychange', follow, { signal: over.signal });
  channel.postMessage({ asks: true } satisfies Message<T>);
  void takeTurn();
  return () => {
    over.abort();
    endTurn();
    channel.close();
  };
}

/** The newest value of a shared source. @param name what it shows, and the reason to run it anew */
export function useShared<T>(name: string, source: Source<T>): T | undefined {
  const [shown, setShown] = useState<{ readonly name: string; readonly value: T }>();
  // The name stands for the source, which is made anew by each render.
  useEffect(() => share<T>(name, source, (value) => setShown({ name, value })), [name]);
  return shown?.name === name ? shown.value : undefined;
}
