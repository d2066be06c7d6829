/** Tells of changes of a video, where the service sends them. A deployed service does not. */
export interface Nudges extends Disposable {
  /** Is aborted by the next change. */
  next(): AbortSignal;
}

/** Changes come in groups: a state is left, and the next one is entered. */
const QUIET_MS = 150;

/** Does the server of this page send events? It says so in the page. */
function hasEvents(): boolean {
  return document.body.dataset.events === 'yes';
}

export function createNudges(videoId: string): Nudges {
  let waiting = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const events = hasEvents() ? new EventSource(`videos/${encodeURIComponent(videoId)}/events`) : undefined;
  const nudge = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      waiting.abort();
    }, QUIET_MS);
  };
  events?.addEventListener('change', nudge);

  return {
    next() {
      if (waiting.signal.aborted) waiting = new AbortController();
      return waiting.signal;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      events?.close();
    },
  };
}
