import { expect, test } from 'vitest';
import { createLeases } from '../../../lambdas/io/completion/leases.ts';
import type { Table } from '../../../lambdas/io/table/table.ts';
import { after } from '../../harness/running-job.ts';
import type { EmulatedTable } from '../../harness/table.ts';

const noWarning = (error: Error): never => {
  throw error;
};
let count = 0;
const newVideo = (): string => {
  count += 1;
  return `v${count}`;
};

/** What the leases promise, in every emulator of their table. */
export function testLeases(running: () => EmulatedTable): void {
  const leasesOf = (table: Table = running().table) => createLeases(table, noWarning);

  test('gives one lease where twenty calls ask at once, until it expires', async () => {
    const leases = leasesOf();
    const video = newVideo();
    const tries = Array.from({ length: 20 }, () => leases.acquire(video, after(60), after(61)));
    const outcomes = await Promise.allSettled(tries);
    const [won, ...more] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(more).toEqual([]);
    expect(won).toMatchObject({ isFirst: true });
    await expect(leases.acquire(video, after(60), after(240))).rejects.toMatchObject({ name: 'LeaseHeld' });
    expect(await leases.acquire(video, after(60), after(242))).toMatchObject({ isFirst: false });
  });

  test('gives a released lease again at once, which is not the first then', async () => {
    const leases = leasesOf();
    const video = newVideo();
    await (await leases.acquire(video, after(60), after(61)))?.release();
    expect(await leases.acquire(video, after(60), after(62))).toMatchObject({ isFirst: false });
  });

  test('gives a first lease for the end of a redrive', async () => {
    const leases = leasesOf();
    const video = newVideo();
    await leases.acquire(video, after(60), after(61));
    expect(await leases.acquire(video, after(90), after(91))).toMatchObject({ isFirst: true });
  });

  test('keeps the lease of a later end when an older lease is released, and gives the older end none', async () => {
    const leases = leasesOf();
    const video = newVideo();
    const older = await leases.acquire(video, after(60), after(61));
    await leases.acquire(video, after(90), after(91));
    await older?.release();
    await expect(leases.acquire(video, after(90), after(92))).rejects.toMatchObject({ name: 'LeaseHeld' });
    expect(await leases.acquire(video, after(60), after(1e6))).toBeUndefined();
  });

  test('recognizes its own lease where the answer to the write was lost', async () => {
    const { table } = running();
    /** As the SDK's own retry of a put that was done: the condition fails. */
    const forgetful: Table = {
      ...table,
      async callIf(work) {
        await table.callIf(work);
        return undefined;
      },
    };
    expect(await leasesOf(forgetful).acquire(newVideo(), after(60), after(61))).toBeDefined();
  });
}
