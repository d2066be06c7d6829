/** What these functions put into a page. */
declare global {
  interface Window {
    /** The time from an event until what it has changed is painted, in milliseconds. */
    painted?: Promise<number>;
  }
}

export interface Awaited {
  /** The type of the event. */
  readonly event: string;
  /** What is to be there then, as a selector. */
  readonly selector: string;
  /** How often. @default once */
  readonly count?: number;
}

/** Runs in a page: measures from the next event of a type until enough elements of the selector are painted. */
export function watchNext({ event: type, selector, count = 1 }: Awaited): void {
  const { promise, resolve } = Promise.withResolvers<number>();
  window.painted = promise;
  const watch = ({ timeStamp }: Event): void => {
    const look = (): void => {
      if (document.querySelectorAll(selector).length < count) return void requestAnimationFrame(look);
      // Its turn comes after the frame is painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - timeStamp);
      port2.postMessage('');
    };
    requestAnimationFrame(look);
  };
  addEventListener(type, watch, { capture: true, once: true });
}

/** Runs in a page, before its own program: keeps when the selector is there first, and painted. */
export function watchLoad(selector: string): void {
  const { promise, resolve } = Promise.withResolvers<number>();
  window.painted = promise;
  const look = (): void => {
    if (document.querySelector(selector) === null) return void requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage('');
  };
  requestAnimationFrame(look);
}

/** Runs in a page. @returns when the browser has painted text for the first time */
export async function firstPaint(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const observer = new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === 'first-contentful-paint') resolve(startTime);
  });
  observer.observe({ type: 'paint', buffered: true });
  const time = await promise;
  observer.disconnect();
  return time;
}
