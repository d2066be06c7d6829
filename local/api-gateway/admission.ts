/** Limits how many requests run at once. */
export interface Admission {
  /** @returns a function that ends the request, to be called once; undefined where the limit is reached */
  enter(name: string, bytes: number): (() => void) | undefined;
}

interface Limits {
  /** For each name. */
  readonly maxRequests: number;
  /** For all names together. A single request may have more. */
  readonly maxBytes: number;
}

/** Counts requests and the stated sizes of their bodies, before a body is read. */
export function createAdmission({ maxRequests, maxBytes }: Limits): Admission {
  const requests = new Map<string, number>();
  let runningBytes = 0;
  const add = (name: string, count: number, bytes: number): void => {
    requests.set(name, (requests.get(name) ?? 0) + count);
    runningBytes += bytes;
  };
  return {
    enter(name, bytes) {
      const isFull = (requests.get(name) ?? 0) >= maxRequests;
      if (isFull || (runningBytes > 0 && runningBytes + bytes > maxBytes)) return undefined;
      add(name, 1, bytes);
      return () => add(name, -1, -bytes);
    },
  };
}
