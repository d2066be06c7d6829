import { mkdirSync, realpathSync } from 'node:fs';

/** How many services of this process use each object folder. `folder-lock.ts` excludes other processes. */
const users = new Map<string, number>();

/** The use of an object folder by one service. */
export interface ObjectUse extends Disposable {
  /** Is this the only service of the process on these objects now? */
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
