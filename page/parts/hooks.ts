import { useEffect, useState } from 'preact/hooks';

/** The current time in milliseconds, each second while it is needed. */
export function useNow(isNeeded: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isNeeded) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return now;
}

/** What a call has given, or why it failed. */
export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** Loads once for each key. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { readonly key?: string }>({});
  // The key stands for the function, which is made anew by each render.
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    load(signal).then(
      (value) => signal.aborted || setLoaded({ key, value }),
      (error: unknown) => signal.aborted || setLoaded({ key, error }),
    );
    return () => over.abort();
  }, [key]);
  return loaded.key === key ? loaded : {};
}
