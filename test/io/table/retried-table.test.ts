import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { retriedTable } from '../../../lambdas/io/table/retried-table.ts';
import { type Table, TableUnavailable } from '../../../lambdas/io/table/table.ts';
import { NO_PAUSE } from '../../../lambdas/io/timing.ts';

const { signal } = new AbortController();

function serviceError(name: string, $fault: 'client' | 'server'): Error {
  return new DynamoDBServiceException({ name, $fault, $metadata: {} });
}

/** A table whose calls fail a number of times. */
function failing(failures: number, cause: unknown) {
  let calls = 0;
  const call = async (): Promise<never> => {
    calls += 1;
    if (calls <= failures) throw new TableUnavailable('It failed.', { cause });
    return 'answer' as never;
  };
  const table: Table = { name: 'Videos', call, callIf: call };
  return { table: retriedTable(table, { signal, pause: NO_PAUSE }), calls: () => calls };
}

const work = async (): Promise<string> => 'answer';

test.each([
  ['is throttled', serviceError('ProvisionedThroughputExceededException', 'client')],
  ['is over the rate of its account', serviceError('ThrottlingException', 'client')],
  ['fails', serviceError('InternalServerError', 'server')],
  ['does not answer in time', Object.assign(new Error('Aborted.'), { name: 'AbortError' })],
  ['cannot be reached', Object.assign(new Error('connect'), { errno: -111, code: 'ECONNREFUSED' })],
])('makes a call again while the table %s', async (_what, cause) => {
  const { table, calls } = failing(3, cause);
  expect(await table.callIf(work)).toBe('answer');
  expect(calls()).toBe(4);
});

test('gives up after eight attempts', async () => {
  const { table, calls } = failing(100, serviceError('ThrottlingException', 'client'));
  await expect(table.call(work)).rejects.toBeInstanceOf(TableUnavailable);
  expect(calls()).toBe(8);
});

test.each([
  ['rejects', serviceError('AccessDeniedException', 'client')],
  ['does not exist for', serviceError('ResourceNotFoundException', 'client')],
  ['is not asked, because there are no credentials for', new Error('Could not load credentials.')],
])('does not repeat what the table %s a call', async (_what, cause) => {
  const { table, calls } = failing(100, cause);
  await expect(table.call(work)).rejects.toBeInstanceOf(TableUnavailable);
  expect(calls()).toBe(1);
});

test('an interruption ends the pauses', async () => {
  const stop = new AbortController();
  const cause = serviceError('ThrottlingException', 'client');
  const call = async (): Promise<never> => {
    setImmediate(() => stop.abort());
    throw new TableUnavailable('It failed.', { cause });
  };
  const table = retriedTable({ name: 'Videos', call, callIf: call }, { signal: stop.signal });
  await expect(table.call(work)).rejects.toMatchObject({ name: 'AbortError' });
});
