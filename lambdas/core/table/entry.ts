import * as z from 'zod/mini';
import { LISTED_STATUSES } from '../api/listed-statuses.ts';
import { utf8Length } from '../api/request.ts';
import type { Visibility } from '../api/visibility.ts';
import { MONEY_SPENT } from '../failure.ts';
import type { JobRecord } from '../job/job-record.ts';
import { shown } from '../job/job-schema.ts';
import { hasEnded } from '../job/redrive.ts';
import { fieldsOf } from '../json/fields.ts';
import { kindNameOf, kindOf, shownField, shownSchema } from '../minimax/request-kind.ts';
import { recordedObject, toRecordedVideo } from '../video/recorded-video.ts';
import {
  type ItemKey,
  LIST_INDEXES,
  type ListScope,
  POSITION,
  SHOWN,
  TASK_INDEX,
  toPartition,
  toPosition,
  videoItemKey,
} from './layout.ts';
import { versionOf } from './version.ts';

/** More metadata than this is only in the answer to a GET of its video. In bytes of its JSON. */
const MAX_METADATA_BYTES = 1024;

/** What the table keeps of a video for the list and for the usage. */
const entrySchema = z.object({
  video_id: z.string(),
  kind: z.string(),
  status: z.enum(LISTED_STATUSES),
  created_at: z.string(),
  finished_at: shown(z.string()),
  ...shownSchema,
  task_id: shown(z.string()),
  bytes: shown(z.number()),
  /** US dollars, null where no price is known. Absent before the end. */
  estimated_usd: shown(z.nullable(z.number())),
  money_spent: z.enum(MONEY_SPENT),
  /** The name of the error. */
  error: shown(z.string()),
  /** As JSON: the SDK cannot store every number that JSON can hold. */
  metadata_json: shown(z.string()),
});

export type VideoEntry = Readonly<z.infer<typeof entrySchema>>;

/** @returns undefined for an item that this release cannot read */
export function readEntry(item: unknown): VideoEntry | undefined {
  return z.safeParse(entrySchema, fieldsOf(item)[SHOWN]).data;
}

/** What decides which lists a video is in. */
export interface ListRules {
  /** The setting `visibility`. */
  readonly visibility: Visibility;
  /** The setting `listedMetadata`. */
  readonly listedMetadata: readonly string[];
}

/** An item of the table about one video. Its attributes are set, where its version is above the one that is stored. */
export interface VideoItem {
  readonly key: ItemKey;
  readonly version: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The video of a job document, with one index entry for each listed metadata key that it has. */
export function toVideoItems(record: JobRecord, rules: ListRules): VideoItem[] {
  const version = versionOf(record);
  const { video_id, owner } = record;
  const entry = toEntry(record);
  const scope = rules.visibility === 'everyone' ? null : owner;
  const common = { [SHOWN]: entry, owner };
  const task =
    entry.task_id === undefined
      ? {}
      : { [TASK_INDEX.partition]: entry.task_id, adopted: record.task?.adopted };
  const main = { ...common, ...task, ...listKeys(scope, entry) };
  const listed = listedValues(record, rules).map(({ key, value }) => ({
    key: videoItemKey(video_id, `metadata#${key}`),
    version,
    attributes: { ...common, ...listKeys(scope, entry, { key, value }) },
  }));
  return [{ key: videoItemKey(video_id), version, attributes: main }, ...listed];
}

/** The keys of the indexes. A video without an owner is in no list of an owner. */
function listKeys(
  owner: ListScope['owner'] | undefined,
  entry: VideoEntry,
  metadata?: ListScope['metadata'],
): Readonly<Record<string, string>> {
  if (owner === undefined) return {};
  const { status } = entry;
  const template = templateOf(entry);
  const narrowings = [
    {},
    { status },
    ...(template === undefined ? [] : [{ template }, { template, status }]),
  ];
  const keys = narrowings.map((narrowing) => {
    const { index, partition } = toPartition({ owner, metadata }, narrowing);
    return [LIST_INDEXES[index].partition, partition] as const;
  });
  return { ...Object.fromEntries(keys), [POSITION]: toPosition(entry) };
}

/** What the video is made from, in the field by which its kind is recognized. */
export function templateOf(entry: object): string | undefined {
  const value = fieldsOf(entry)[kindOf(entry).field];
  return typeof value === 'string' ? value : undefined;
}

function toEntry(record: JobRecord): VideoEntry {
  const video = toRecordedVideo(record, new Date(record.created_at));
  const isOver = hasEnded(record);
  return {
    video_id: record.video_id,
    kind: record.task?.kind ?? kindNameOf(record.request),
    status: isOver ? (video.status as VideoEntry['status']) : 'running',
    created_at: new Date(record.created_at).toISOString(),
    finished_at: isOver ? video.finished_at : undefined,
    ...shownField(record.request),
    task_id: record.task?.task_id,
    bytes: isOver ? recordedObject(record)?.bytes : undefined,
    estimated_usd: isOver ? estimatedOf(record) : undefined,
    money_spent: isOver ? (video.error?.money_spent ?? 'yes') : 'maybe',
    error: isOver ? video.error?.type : undefined,
    metadata_json: smallJson(video.metadata),
  };
}

const pricedSchema = z.object({ price: z.object({ estimated_usd: z.nullable(z.number()) }) });

function estimatedOf(record: JobRecord): number | null | undefined {
  return z.safeParse(pricedSchema, record).data?.price.estimated_usd;
}

function smallJson(metadata: unknown): string | undefined {
  const json = metadata === undefined ? undefined : JSON.stringify(metadata);
  return json !== undefined && utf8Length(json) <= MAX_METADATA_BYTES ? json : undefined;
}

/** The values of the listed keys. A filter compares texts, so a number or a boolean is listed as its text. */
function listedValues(record: JobRecord, { listedMetadata }: ListRules) {
  const metadata = fieldsOf(fieldsOf(record.request).metadata);
  return listedMetadata.flatMap((key) => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    const isListed = ['string', 'number', 'boolean'].includes(typeof value);
    return isListed ? [{ key, value: String(value) }] : [];
  });
}
