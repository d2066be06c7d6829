import canonicalize from 'canonicalize';
import { fieldsOf } from '../json/fields.ts';
import type { VideoItem } from './entry.ts';
import { type ItemKey, POSITION, SHOWN, VIDEO_SORT_KEY } from './layout.ts';

/** An item about a video as the table has it, which may be anything but for its keys. */
export type StoredItem = ItemKey & Readonly<Record<string, unknown>>;

/** What bucket and Step Functions say of a video. */
export type Truth =
  | { readonly kind: 'video'; readonly items: readonly VideoItem[] }
  /** Its job document cannot be read. */
  | { readonly kind: 'unreadable' }
  /** It has no job document. Its execution has ended, and the announcer writes one. */
  | { readonly kind: 'unrecorded' }
  | { readonly kind: 'absent' };

/**
 * How the table had a video. `metadata`: only its entries of metadata keys were not right. `removed`: neither the bucket nor Step
 * Functions knew it. `left`: its execution may not be visible yet, or its end is not recorded yet.
 */
export type Finding =
  | 'right'
  | 'missing'
  | 'behind'
  | 'wrong'
  | 'metadata'
  | 'removed'
  | 'left'
  | 'unreadable';

/** A write that is valid only while the table has what was read. */
export type Change =
  /** Where there is no item, or one of a lower version. */
  | { readonly kind: 'add'; readonly item: VideoItem }
  /** Where the version is lower (`behind`), or still the one that was read (`wrong`). */
  | { readonly kind: 'behind' | 'wrong'; readonly item: VideoItem; readonly stored: StoredItem }
  | { readonly kind: 'remove'; readonly stored: StoredItem };

export interface Mending {
  readonly finding: Finding;
  readonly changes: readonly Change[];
}

/** Step Functions may show a new execution late, so a younger item may have one. */
const YOUNG_MS = 60 * 60 * 1000;

/**
 * How the items of a video become what they should be. The items were read before the truth. Each writer writes the truth before the
 * table, so an item with a version above the truth is wrong.
 */
export function toMending(truth: Truth, stored: readonly StoredItem[], now: Date): Mending {
  if (truth.kind === 'unreadable') return { finding: 'unreadable', changes: [] };
  if (truth.kind === 'video') return toVideoMending(truth.items, stored);
  if (stored.length === 0) return { finding: 'right', changes: [] };
  const isYoung = stored.some((item) => now.getTime() - startOf(item) < YOUNG_MS);
  if (truth.kind === 'unrecorded' || isYoung) return { finding: 'left', changes: [] };
  return { finding: 'removed', changes: stored.map(toRemoval) };
}

function toVideoMending(items: readonly VideoItem[], stored: readonly StoredItem[]): Mending {
  const storedOf = (sk: string): StoredItem | undefined => stored.find((item) => item.sk === sk);
  const expected = items.flatMap((item) => toChange(item, storedOf(item.key.sk)) ?? []);
  const surplus = stored.filter(({ sk }) => !items.some(({ key }) => key.sk === sk));
  const changes = [...expected, ...surplus.map(toRemoval)];
  const [main] = expected.filter((change) => change.item.key.sk === VIDEO_SORT_KEY);
  if (main !== undefined) return { finding: main.kind === 'add' ? 'missing' : main.kind, changes };
  return { finding: changes.length === 0 ? 'right' : 'metadata', changes };
}

type WritingChange = Exclude<Change, { readonly kind: 'remove' }>;

function toChange(item: VideoItem, stored: StoredItem | undefined): WritingChange | undefined {
  if (stored === undefined) return { kind: 'add', item };
  if (isBelow(stored.version, item.version)) return { kind: 'behind', item, stored };
  const { pk: _pk, sk: _sk, ...attributes } = stored;
  const isSame = textOf(attributes) === textOf(toAttributes(item, stored));
  return isSame ? undefined : { kind: 'wrong', item, stored };
}

function toRemoval(stored: StoredItem): Change {
  return { kind: 'remove', stored };
}

/** Versions are texts of ASCII, so that they sort here as in DynamoDB. */
export function isBelow(version: unknown, other: string): boolean {
  return typeof version === 'string' && version < other;
}

/** The attributes of an item that replaces another. The position of a video never changes, also where its execution has. */
export function toAttributes(
  { attributes, version }: VideoItem,
  stored: StoredItem,
): Readonly<Record<string, unknown>> {
  const { [POSITION]: own } = attributes;
  const { [POSITION]: kept } = stored;
  return { ...attributes, version, ...(isFirstPosition(kept, own) ? { [POSITION]: kept } : {}) };
}

/** Is it a position of this video, of the start that `own` names or of an earlier one? */
function isFirstPosition(kept: unknown, own: unknown): boolean {
  if (typeof kept !== 'string' || typeof own !== 'string') return false;
  const [time = '', id] = kept.split('#');
  const [ownTime = '', ownId] = own.split('#');
  return id === ownId && Date.parse(time) <= Date.parse(ownTime);
}

/** When the video began, in milliseconds since the epoch; NaN in an item that does not say so. */
function startOf(item: StoredItem): number {
  return Date.parse(String(fieldsOf(item[SHOWN]).created_at));
}

/** The attributes as DynamoDB returns them: without those that have no value, and in well-formed UTF-8. */
function textOf(attributes: object): string {
  const plain = JSON.stringify(attributes, (_name, value) => {
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'string' ? value.toWellFormed() : value;
  });
  return canonicalize(JSON.parse(plain)) ?? '';
}
