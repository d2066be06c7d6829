import { mkdirSync, realpathSync } from 'node:fs';

/** How many services of this process work on each folder of objects. Those of other processes are kept out by the lock. */
const users = new Map<string, number>();

/** The part that one service has in a folder of objects. */
export interface ObjectUse extends Disposable {
  /** Does no other service of this process work on the same objects at present? */
  readonly isAlone: boolean;
}

export function useObjects(folder: string): ObjectUse {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = realpathSync(folder);
  const add = (number: number): void => void users.set(real, (users.get(real) ?? 0) + number);
  add(1);
  return {
    get isAlone() {
      return users.get(real) === 1;
    },
    [Symbol.dispose]: () => add(-1),
  };
}
