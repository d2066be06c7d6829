import { expect, test } from 'vitest';
import { createTaskOwners } from '../../../lambdas/io/table/task-owners.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { failingTable, startTable } from '../../harness/table.ts';
import { testTaskOwners } from './task-owner-scenarios.ts';

const running = sharedTable(startTable);

testTaskOwners(running);

test('throws TableUnavailable where the videos of a task cannot be read', async () => {
  const claim = createTaskOwners(failingTable()).claim('42', 'key ana');
  await expect(claim).rejects.toMatchObject({ name: 'TableUnavailable' });
});

test('throws TableUnavailable where a claim cannot be written', async () => {
  const { table } = running();
  const readOnly = { ...table, callIf: failingTable().callIf };
  const claim = createTaskOwners(readOnly).claim('never seen', 'key ana');
  await expect(claim).rejects.toMatchObject({ name: 'TableUnavailable' });
});
