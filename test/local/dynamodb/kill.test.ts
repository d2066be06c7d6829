import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../harness/running-service.ts';
import { type ServedTables, serveTables } from './table-client.ts';
import { TableName } from './videos-table.ts';

const PROCESS = join(import.meta.dirname, 'writing-process.ts');

/** Starts a process that moves items, and kills it after a number of moves. @returns the last move of each item */
async function moveUntilKilled(folder: string, moves: number): Promise<ReadonlyMap<string, number>> {
  const child = spawn(process.execPath, [PROCESS, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const last = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    const [item = '', round] = line.split(' ');
    last.set(`video#${item}`, Number(round));
    lines += 1;
    if (lines === moves) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return last;
}

type Items = readonly Readonly<Record<string, unknown>>[];

async function scan({ client }: ServedTables, IndexName?: string): Promise<Items> {
  const found: Items[number][] = [];
  for await (const { Items } of paginateScan({ client }, { TableName, IndexName }))
    found.push(...(Items ?? []));
  return found.sort((one, other) => String(one.pk).localeCompare(String(other.pk)));
}

test('a killed process loses nothing that was answered, and leaves the index as the items are', async () => {
  const folder = join(await temporaryFolder(), 'tables');
  for (const moves of [100, 1_000]) {
    const last = await moveUntilKilled(folder, moves);
    const served = await serveTables({ folder });
    expect(served.store).toMatchObject({ created: [], recreated: [] });
    const items = await scan(served);
    const index = await scan(served, 'newest');
    await served.stop();
    expect(items).toHaveLength(20);
    for (const { pk, created } of items) {
      const round = last.get(String(pk)) ?? -1;
      // A move may be stored, and even answered, and not be printed.
      expect([round, round + 1, round + 2].map(String)).toContain(created);
    }
    expect(index).toEqual(items);
  }
});
