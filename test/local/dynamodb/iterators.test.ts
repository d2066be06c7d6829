import type { Level, Store } from 'dynalite/db/index.js';
import { expect, test } from 'vitest';
import { closeIterators } from '../../../local/dynamodb/fences.ts';

test('an iterator that dynalite returns is closed', async () => {
  const closed: object[] = [];
  const values = (options: object) => ({ close: async () => void closed.push(options) });
  const db: Pick<Level, 'values'> = { values };
  closeIterators({ db } as Store);
  const [first, second] = [{ limit: 1 }, { limit: 2 }].map((options) => db.values(options));
  await second?.return?.();
  expect(closed).toEqual([{ limit: 2 }]);
  await first?.return?.();
  expect(closed).toEqual([{ limit: 2 }, { limit: 1 }]);
});
