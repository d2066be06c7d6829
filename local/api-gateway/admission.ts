/** How much is under way at once, and at most. */
export interface Admission {
  /** @returns what gives the place back, once; undefined where there is none */
  enter(name: string, bytes: number): (() => void) | undefined;
}

interface Limits {
  /** Of each name. */
  readonly maxRequests: number;
  /** Of all names together. A request that is alone may have more. */
  readonly maxBytes: number;
}

/** Counts requests and the bytes of their bodies, before any of them is read. */
export function createAdmission({ maxRequests, maxBytes }: Limits): Admission {
  const requests = new Map<string, number>();
  let bytesUnderWay = 0;
  const add = (name: string, count: number, bytes: number): void => {
    requests.set(name, (requests.get(name) ?? 0) + count);
    bytesUnderWay += bytes;
  };
  return {
    enter(name, bytes) {
      const isFull = (requests.get(name) ?? 0) >= maxRequests;
      if (isFull || (bytesUnderWay > 0 && bytesUnderWay + bytes > maxBytes)) return undefined;
      add(name, 1, bytes);
      return () => add(name, -1, -bytes);
    },
  };
}
