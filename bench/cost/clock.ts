import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** Has everything in this process or worker go by a time that is ahead of the real one. */
export function shiftTime(aheadMs: () => number): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given: ConstructorParameters<typeof Date> | []) {
      super(...((given.length === 0 ? [RealDate.now() + aheadMs()] : given) as [number]));
    }

    static override now(): number {
      return RealDate.now() + aheadMs();
    }
  } as DateConstructor;
}

/** Time that can be let pass at once; everything in this process goes by it, and every function that reads the file. */
export interface Clock {
  readonly file: string;
  advance(seconds: number): void;
}

/** @param file where the milliseconds stand by which it is ahead */
export function startClock(file: string): Clock {
  let aheadMs = 0;
  writeFileSync(file, '0');
  shiftTime(() => aheadMs);
  // Node itself writes the date into an answer, and the SDK would take it for the right time.
  subscribe('http.server.request.start', (message) => {
    (message as { readonly response: ServerResponse }).response.setHeader('date', new Date().toUTCString());
  });
  return {
    file,
    advance(seconds) {
      aheadMs += seconds * 1000;
      writeFileSync(file, String(aheadMs));
    },
  };
}
