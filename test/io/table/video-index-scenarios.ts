import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { readEntry } from '../../../lambdas/core/table/entry.ts';
import { videoItemKey } from '../../../lambdas/core/table/layout.ts';
import { toListedVideo } from '../../../lambdas/core/table/listed-video.ts';
import { createVideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { createVideoPages } from '../../../lambdas/io/table/video-pages.ts';
import { failedRecord, succeededRecord } from '../../core/table/records.ts';
import { after, executionKey, request, submittedJob } from '../../harness/running-job.ts';
import type { EmulatedTable } from '../../harness/table.ts';

const rules = { visibility: 'owner', listedMetadata: ['order'] } as const;
const { task } = submittedJob;

let count = 0;
export function newClaim(): JobRecord {
  count += 1;
  const attempt = { id: 'a', redrive_count: 0, retry_count: 0 };
  return { ...executionKey, video_id: `v${count}`, owner: 'key abc', request, attempt };
}

/** What the index of videos promises, in every emulator of its table. */
export function testVideoIndex(running: () => EmulatedTable): void {
  const put = (record: JobRecord): Promise<boolean> => createVideoIndex(running().table, rules).put(record);

  async function statusOf({ video_id }: JobRecord): Promise<string | undefined> {
    const { client, table } = running();
    const { Item } = await client.send(
      new GetCommand({ TableName: table.name, Key: videoItemKey(video_id) }),
    );
    return readEntry(Item)?.status;
  }

  test('shows each later write, and no earlier one that comes late', async () => {
    const claim = newClaim();
    const writes = [claim, { ...claim, task }, failedRecord({ ...claim, task })];
    for (const record of writes) expect(await put(record)).toBe(true);
    for (const record of writes) expect(await put(record)).toBe(false);
    expect(await statusOf(claim)).toBe('failed');
  });

  test('shows a redrive as running, and its end again', async () => {
    const claim = newClaim();
    const failed = failedRecord(claim);
    const redriven = { redrive_count: 1, at: after(400).toISOString() };
    await put(failed);
    await put({ ...failed, redriven });
    expect(await statusOf(claim)).toBe('running');
    await put({ ...succeededRecord(claim), redrives: 1 });
    expect(await statusOf(claim)).toBe('succeeded');
  });

  test('keeps the position of a video that another execution takes over', async () => {
    const claim = { ...newClaim(), owner: 'taken over' };
    await put({ ...claim, task });
    const later = { ...claim, task, created_at: after(7200).toISOString(), execution_arn: 'arn:later' };
    expect(await put(succeededRecord(later))).toBe(true);
    const filter = { owner: 'taken over', createdBefore: after(1).toISOString() };
    const { entries } = await createVideoPages(running().table).page(filter, 10);
    expect(entries).toMatchObject([{ video_id: claim.video_id, status: 'succeeded' }]);
  });

  test('takes metadata with every number of JSON, and gives it back', async () => {
    const metadata = { large: 1e300, small: 5e-324, exact: 2 ** 53 + 2, deep: [[[[[[1]]]]]], empty: '' };
    const claim = { ...newClaim(), owner: 'numbers', request: { ...request, metadata } };
    expect(await put(claim)).toBe(true);
    const [entry] = (await createVideoPages(running().table).page({ owner: 'numbers' }, 1)).entries;
    if (entry === undefined) throw new Error('The video is listed.');
    expect(toListedVideo(entry, { host: '', bucket: 'b', now: after(60) })).toMatchObject({ metadata });
  });

  test('takes a video out of the lists of a template that its end does not name any more', async () => {
    const claim = { ...newClaim(), owner: 'cut' };
    await put({ ...claim, task });
    await put({ ...failedRecord(claim), task, request: '(too large: see the execution)' });
    const pages = createVideoPages(running().table);
    const { template_id: template } = request;
    expect((await pages.page({ owner: 'cut', template }, 10)).entries).toEqual([]);
    expect((await pages.page({ owner: 'cut', template, status: 'running' }, 10)).entries).toEqual([]);
    expect((await pages.page({ owner: 'cut' }, 10)).entries).toHaveLength(1);
  });

  test('at one moment one of fifty writes of a version wins', async () => {
    const claim = newClaim();
    const written = await Promise.all(Array.from({ length: 50 }, () => put(claim)));
    expect(written.filter((isWritten) => isWritten)).toHaveLength(1);
  });
}
