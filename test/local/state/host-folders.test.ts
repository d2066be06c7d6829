import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostFolder, unfinishedElsewhere } from '../../../local/state/host-folders.ts';
import { openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

test('names a damaged database of another host, and still finds the unfinished videos of the next', async () => {
  const root = await temporaryFolder();
  for (const name of ['broken', 'own', 'whole']) mkdirSync(join(root, name, 'state'), { recursive: true });
  writeFileSync(join(root, 'broken', 'state', 'executions.sqlite'), 'no database at all, but long enough');
  writeFileSync(join(root, 'a file of a person'), '');
  const store = openExecutionStore(join(root, 'whole', 'state', 'executions.sqlite'));
  store.add(
    { name: 'one', input: '{}', startDate: new Date(), status: 'RUNNING', redriveCount: 0 },
    { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
  );
  store.close();
  expect(unfinishedElsewhere({ path: join(root, 'own') }, root)).toEqual([
    { name: 'broken', unreadable: 'file is not a database' },
    { name: 'whole', videos: 1, taskIds: [] },
  ]);
});

test('gives both names of the mainland host one folder, so that a key is not paid twice', () => {
  expect(hostFolder('https://api.minimaxi.com')).toEqual(hostFolder('https://api.minimax.cn'));
  expect(hostFolder('https://api.minimax.io')).not.toEqual(hostFolder('https://api.minimax.cn'));
});
