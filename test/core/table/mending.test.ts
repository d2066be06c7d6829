import { expect, test } from 'vitest';
import { type ListRules, toVideoItems, type VideoItem } from '../../../lambdas/core/table/entry.ts';
import { POSITION, videoItemKey } from '../../../lambdas/core/table/layout.ts';
import { type StoredItem, toAttributes, toMending } from '../../../lambdas/core/table/mending.ts';
import { after, executionKey, request } from '../../harness/running-job.ts';
import { succeededRecord } from './records.ts';

const RULES: ListRules = { visibility: 'everyone', listedMetadata: ['order'] };
const record = { ...executionKey, request: { ...request, metadata: { order: '7' } } };
const items = toVideoItems(succeededRecord(record), RULES);
const truth = { kind: 'video', items } as const;
const now = after(24 * 3600);

/** As the table returns an item that was written with these attributes. */
function storedAs({ key, version, attributes }: VideoItem, changes: object = {}): StoredItem {
  return JSON.parse(JSON.stringify({ ...key, version, ...attributes, ...changes }));
}

const stored = items.map((item) => storedAs(item));
const changedAs = (changes: object): readonly StoredItem[] => items.map((item) => storedAs(item, changes));
const kindsOf = (given: readonly StoredItem[]) => {
  const { finding, changes } = toMending(truth, given, now);
  return [finding, ...changes.map(({ kind }) => kind)];
};

test('finds items right that say what the document says', () => {
  expect(kindsOf(stored)).toEqual(['right']);
});

test.each([
  ['no item', [], ['missing', 'add', 'add']],
  ['lower versions', changedAs({ version: '0' }), ['behind', 'behind', 'behind']],
  ['higher versions', changedAs({ version: '9' }), ['wrong', 'wrong', 'wrong']],
  ['no versions', changedAs({ version: undefined }), ['wrong', 'wrong', 'wrong']],
  ['another owner', changedAs({ owner: 'iam AIDA1' }), ['wrong', 'wrong', 'wrong']],
  ['an attribute too many', changedAs({ stray: 1 }), ['wrong', 'wrong', 'wrong']],
  [
    'numbers beyond a double',
    stored.map((item) => ({ ...item, stray: 10n ** 30n })),
    ['wrong', 'wrong', 'wrong'],
  ],
  ['no entry of its metadata', stored.slice(0, 1), ['metadata', 'add']],
  ['only the entry of its metadata', stored.slice(1), ['missing', 'add']],
  ['an entry too many', [...stored, videoItemKey('v1', 'metadata#other')], ['metadata', 'remove']],
])('of a video that has %s in the table', (_what, given, expected) => {
  expect(kindsOf(given as readonly StoredItem[])).toEqual(expected);
});

test('keeps the position of an earlier start of the video, and no other', () => {
  const [item] = items as [VideoItem];
  const positionOver = (kept: unknown): unknown =>
    toAttributes(item, storedAs(item, { [POSITION]: kept }))[POSITION];
  const [earlier, later] = [after(-60), after(60)].map((time) => `${time.toISOString()}#v1`);
  const own = item.attributes[POSITION];
  expect(positionOver(earlier)).toBe(earlier);
  for (const kept of [later, `${after(-60).toISOString()}#v2`, 'nowhere#v1', 7, undefined])
    expect(positionOver(kept), String(kept)).toBe(own);
  expect(toMending(truth, changedAs({ [POSITION]: earlier }), now).finding).toBe('right');
});

test('finds a text right that DynamoDB has made well-formed', () => {
  const lone = toVideoItems({ ...record, owner: 'user \ud800' }, RULES);
  const given = lone.map((item) => storedAs(item, { owner: 'user \ufffd' }));
  expect(toMending({ kind: 'video', items: lone }, given, now).finding).toBe('right');
});

test('removes what nothing knows, an hour after its start', () => {
  const at = (seconds: number) => toMending({ kind: 'absent' }, stored, after(seconds));
  expect(at(3599)).toEqual({ finding: 'left', changes: [] });
  expect(at(3600)).toEqual({
    finding: 'removed',
    changes: stored.map((item) => ({ kind: 'remove', stored: item })),
  });
  expect(toMending({ kind: 'absent' }, [videoItemKey('v1') as StoredItem], now).finding).toBe('removed');
});

test.each([
  ['unreadable', 'unreadable'],
  ['unrecorded', 'left'],
] as const)('changes nothing where the truth is %s', (kind, finding) => {
  expect(toMending({ kind }, stored, now)).toEqual({ finding, changes: [] });
});

test.each(['unrecorded', 'absent'] as const)('nothing is right where the truth is %s', (kind) => {
  expect(toMending({ kind }, [], now)).toEqual({ finding: 'right', changes: [] });
});
