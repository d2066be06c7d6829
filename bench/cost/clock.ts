import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** Moves the clock of this process or worker ahead. */
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

/** A clock that can be moved ahead, for this process and for every function that reads the file. */
export interface Clock {
  readonly file: string;
  advance(seconds: number): void;
}

/** @param file for the milliseconds by which the clock is ahead */
export function startClock(file: string): Clock {
  let aheadMs = 0;
  writeFileSync(file, '0');
  shiftTime(() => aheadMs);
  // Node writes the real date into an answer, and the SDK would correct its clock by it.
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
