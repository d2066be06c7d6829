import { expect, test } from 'vitest';
import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { readEntry, toVideoItems, type VideoItem } from '../../../lambdas/core/table/entry.ts';
import { LIST_INDEXES, SHOWN, toPartition } from '../../../lambdas/core/table/layout.ts';
import { createdAt, executionKey, request, submittedJob } from '../../harness/running-job.ts';
import { failedRecord, succeededRecord } from './records.ts';

const owner = 'key abc';
const claim: JobRecord = {
  ...executionKey,
  owner,
  request: { ...request, metadata: { order: 17, shop: 'a' } },
};
const own = { visibility: 'owner', listedMetadata: [] } as const;

function mainOf(record: JobRecord, rules: Parameters<typeof toVideoItems>[1] = own): VideoItem {
  const [main] = toVideoItems(record, rules);
  if (main === undefined) throw new Error('A video has an item.');
  return main;
}

const entryOf = (record: JobRecord) => readEntry(mainOf(record).attributes);

test('shows a claim as a running video whose money may be spent', () => {
  expect(entryOf(claim)).toEqual({
    video_id: 'v1',
    kind: 'template',
    status: 'running',
    created_at: createdAt.toISOString(),
    template_id: request.template_id,
    money_spent: 'maybe',
    metadata_json: '{"order":17,"shop":"a"}',
  });
});

test('adds the task to a running video, and finds the video by it', () => {
  const item = mainOf({ ...claim, task: submittedJob.task });
  expect(readEntry(item.attributes)).toMatchObject({ status: 'running', task_id: '42' });
  expect(item.attributes).toMatchObject({ task_id: '42', adopted: false, owner });
});

test('shows the end of a video with its bytes, its cost and the money that was spent', () => {
  expect(entryOf(succeededRecord({ ...claim, owner }))).toMatchObject({
    status: 'succeeded',
    bytes: 9,
    estimated_usd: 0.451,
    money_spent: 'yes',
    finished_at: expect.any(String),
  });
  expect(entryOf(failedRecord({ ...claim, owner }))).toMatchObject({
    status: 'failed',
    error: 'ContentRejected',
    money_spent: 'no',
    estimated_usd: 0.001,
  });
});

test('shows a redriven video as running, without its earlier end', () => {
  const redriven = { redrive_count: 1, at: createdAt.toISOString() };
  const entry = entryOf({ ...failedRecord(claim), redriven });
  expect(entry).toMatchObject({ status: 'running', money_spent: 'maybe' });
  expect(entry?.error).toBeUndefined();
  expect(entry?.finished_at).toBeUndefined();
});

test('is in one list of its owner for each filter, and under everyone in one of all', () => {
  const { attributes } = mainOf(claim);
  const template = request.template_id;
  for (const narrowing of [{}, { status: 'running' }, { template }, { template, status: 'running' }]) {
    const { index, partition } = toPartition({ owner }, narrowing);
    expect(attributes[LIST_INDEXES[index].partition], index).toBe(partition);
    const everyone = toPartition({ owner: null }, narrowing);
    expect(everyone.partition).not.toBe(partition);
    const shared = mainOf(claim, { ...own, visibility: 'everyone' }).attributes;
    expect(shared[LIST_INDEXES[index].partition], index).toBe(everyone.partition);
  }
});

test('keeps a video without an owner out of every list of an owner', () => {
  const { owner: _owner, ...ownerless } = claim;
  const { attributes } = mainOf(ownerless);
  expect(Object.keys(attributes).filter((name) => attributes[name] !== undefined)).toEqual([SHOWN]);
});

test('has an index entry for each listed metadata key that it has, by the text of its value', () => {
  const items = toVideoItems(claim, { ...own, listedMetadata: ['order', 'missing', 'shop'] });
  expect(items.map(({ key }) => key.sk)).toEqual(['video', 'metadata#order', 'metadata#shop']);
  const { partition } = toPartition({ owner, metadata: { key: 'order', value: '17' } }, {});
  expect(items[1]?.attributes.newest_key).toBe(partition);
  expect(items[1]?.attributes).not.toHaveProperty('task_id');
});

test.each([
  ['an object', { a: 1 }],
  ['a list', [1]],
  ['null', null],
])('has no index entry for metadata that is %s', (_what, order) => {
  const record = { ...claim, request: { ...request, metadata: { order } } };
  expect(toVideoItems(record, { ...own, listedMetadata: ['order'] })).toHaveLength(1);
});

test('keeps metadata of 1024 bytes, and none that is longer', () => {
  const metadataOf = (length: number) => ({ text: 'ä'.repeat(length) });
  const kept = (length: number) =>
    entryOf({ ...claim, request: { ...request, metadata: metadataOf(length) } })?.metadata_json;
  expect(kept(506)).toBe(JSON.stringify(metadataOf(506)));
  expect(kept(507)).toBeUndefined();
});

test('fits into one write unit without metadata', () => {
  const { request: _request, ...rest } = claim;
  const { key, version, attributes } = mainOf({
    ...succeededRecord({ ...rest, request }),
    video_id: 'v'.repeat(36),
  });
  expect(JSON.stringify({ ...key, version, ...attributes }).length).toBeLessThan(1024);
});

test('does not read what is no entry', () => {
  for (const item of [undefined, {}, { video: 1 }, { video: { video_id: 'v1', status: 'done' } }])
    expect(readEntry(item)).toBeUndefined();
});
