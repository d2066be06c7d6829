import { expect, test } from 'vitest';
import { createLeases } from '../../../lambdas/io/completion/leases.ts';
import { type Table, TableUnavailable } from '../../../lambdas/io/table/table.ts';
import { after } from '../../harness/running-job.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { startTable } from '../../harness/table.ts';
import { testLeases } from './lease-scenarios.ts';

testLeases(sharedTable(startTable));

test('gives a lease where the table fails, with a warning, so that an end is announced at least once', async () => {
  const failure = new TableUnavailable('The table could not be read or written (ThrottlingException).');
  const fail = () => Promise.reject(failure);
  const warnings: Error[] = [];
  const broken: Table = { name: 'table', call: fail, callIf: fail };
  const leases = createLeases(broken, (error) => void warnings.push(error));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const lease = await leases.acquire('v1', after(60), after(61));
    expect(lease).toMatchObject({ isFirst: true });
    await lease?.release();
  }
  expect(warnings).toEqual([failure, failure]);
});
