import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COPY_VIDEO } from '../../bench/copy/contenders.ts';
import { type CopyBench, createCopyBench } from '../../bench/copy/copy-bench.ts';

const isLinux = process.platform === 'linux';
const MEGABYTE = 1_000_000;

describe.skipIf(!isLinux)('the memory of a copy', () => {
  let bench: CopyBench;
  let idleMegabytes: number;
  beforeAll(async () => {
    bench = await createCopyBench();
    idleMegabytes = (await bench.idle()).peakMegabytes;
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test.each([10, 400])('stays within 150 MB over the idle process for a file of %i MB', async (megabytes) => {
    const { peakMegabytes } = await bench.copy(COPY_VIDEO, megabytes * MEGABYTE, 0);
    expect(peakMegabytes).toBeGreaterThan(idleMegabytes);
    expect(peakMegabytes - idleMegabytes).toBeLessThan(150);
  });
});
