import { expect, test } from 'vitest';
import { toPosition } from '../../../lambdas/core/table/layout.ts';
import {
  type ListFilter,
  listIdOf,
  readCursor,
  toCursorText,
  toListQuery,
  toStartKey,
} from '../../../lambdas/core/table/list-filter.ts';

const owner = 'key abc';
const FILTERS: readonly ListFilter[] = [
  { owner },
  { owner: null },
  { owner: 'key ab' },
  { owner, status: 'failed' },
  { owner, template: 'failed' },
  { owner, template: '1', status: 'failed' },
  { owner, metadata: { key: 'order', value: '1' } },
  { owner, metadata: { key: 'order', value: '1' }, status: 'failed' },
  { owner, metadata: { key: 'order', value: '1' }, template: '1' },
  { owner, metadata: { key: '1', value: 'order' } },
];

test('each combination of filters has a partition of its own', () => {
  const partitions = FILTERS.map((filter) => toListQuery(filter)?.partition);
  expect(new Set(partitions).size).toBe(FILTERS.length);
});

test.each([
  [{}, 'newest'],
  [{ status: 'failed' }, 'status'],
  [{ template: '1' }, 'template'],
  [{ template: '1', status: 'failed' }, 'template-status'],
])('the filters %j are served by the index %s', (filters, index) => {
  expect(toListQuery({ owner, ...filters })?.index).toBe(index);
  expect(toListQuery({ owner, ...filters, metadata: { key: 'a', value: 'b' } })?.index).toBe(index);
});

test('the times of a filter are excluded', () => {
  const at = '2026-11-27T08:00:00.000Z';
  const before = '2026-11-27T07:59:59.999Z';
  const position = (created_at: string) => toPosition({ created_at, video_id: 'v1' });
  const later = toListQuery({ owner, createdAfter: before });
  expect(position(before) < (later?.low ?? '')).toBe(true);
  expect(position(at) > (later?.low ?? '')).toBe(true);
  const earlier = toListQuery({ owner, createdBefore: at });
  expect(position(at) > (earlier?.high ?? '')).toBe(true);
  expect(position(before) < (earlier?.high ?? '')).toBe(true);
});

test('times that no video fits make no query', () => {
  const at = '2026-11-27T08:00:00.000Z';
  expect(toListQuery({ owner, createdAfter: at, createdBefore: at })).toBeUndefined();
});

test('reads back the cursors that it has made', () => {
  const list = listIdOf({ owner });
  for (const video_id of ['v1', '日本'.repeat(40)]) {
    const position = toPosition({ created_at: '2026-11-27T08:00:00Z', video_id });
    expect(readCursor(toCursorText({ list, position }))).toEqual({ list, position });
  }
});

test('names each list of each owner differently', () => {
  const times = [
    { owner, createdAfter: '2026-11-27T08:00:00.000Z' },
    { owner, createdBefore: '2026-11-27T08:00:00.000Z' },
  ];
  expect(new Set([...FILTERS, ...times].map(listIdOf)).size).toBe(FILTERS.length + times.length);
});

test('continues behind the item of a position', () => {
  const query = toListQuery({ owner, status: 'failed' });
  if (query === undefined) throw new Error('There is a query.');
  const position = toPosition({ created_at: '2026-11-27T08:00:00Z', video_id: 'v1' });
  expect(toStartKey(query, { owner }, position)).toEqual({
    pk: 'video#v1',
    sk: 'video',
    status_key: query.partition,
    position,
  });
});
