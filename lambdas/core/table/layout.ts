import { createHash } from 'node:crypto';

/**
 * The layout of the table: `pk` and `sk` are the keys of an item.
 *
 * | `pk` | `sk` | the item |
 * |---|---|---|
 * | `video#{video_id}` | `video` | one video, as the list shows it |
 * | `video#{video_id}` | `metadata#{key}` | its index entry for one listed metadata key |
 * | `end#{video_id}` | `end` | who announces the end of the video |
 * | `task#{task_id}` | `task` | the owner who has adopted the task |
 * | `starts` | `starts` | how many videos were started in each of the last hours |
 *
 * `infra/grants.ts` makes permissions of the first parts of `pk`.
 */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** How the `pk` of each kind of item begins. */
export const LEADING_KEYS = { video: 'video#', end: 'end#', task: 'task#', starts: 'starts' } as const;

/** The sort key of the item of a video, beside its index entries. */
export const VIDEO_SORT_KEY = 'video';

/**
 * The indexes of the list, by the filters that each serves. CloudFormation adds at most one index to a table in one update, so a
 * setting never adds one. `partition` is the attribute of the partition key; the sort key is always `position`.
 */
export const LIST_INDEXES = {
  newest: { partition: 'newest_key' },
  status: { partition: 'status_key' },
  template: { partition: 'template_key' },
  'template-status': { partition: 'template_status_key' },
} as const;

export type ListIndex = keyof typeof LIST_INDEXES;

/** The attribute by which a list is in order: the time of the start, then the id. It never changes, so that pages stay right. */
export const POSITION = 'position';
/** The attribute with the fields of a video that the list shows. */
export const SHOWN = 'video';
/** The index by task, and the attribute of its partition key. */
export const TASK_INDEX = { name: 'task', partition: 'task_id' } as const;

export function videoItemKey(videoId: string, sk = VIDEO_SORT_KEY): ItemKey {
  return { pk: `${LEADING_KEYS.video}${videoId}`, sk };
}

export function endItemKey(videoId: string): ItemKey {
  return { pk: `${LEADING_KEYS.end}${videoId}`, sk: 'end' };
}

export function taskItemKey(taskId: string): ItemKey {
  return { pk: `${LEADING_KEYS.task}${taskId}`, sk: 'task' };
}

export const STARTS_ITEM_KEY: ItemKey = { pk: LEADING_KEYS.starts, sk: 'starts' };

/** The videos that a list is taken from. @param owner null for those of everyone */
export interface ListScope {
  readonly owner: string | null;
  /** Only those with this value of a listed metadata key. */
  readonly metadata?: MetadataFilter;
}

export interface MetadataFilter {
  readonly key: string;
  readonly value: string;
}

/** What narrows a list further. */
export interface ListNarrowing {
  readonly template?: string;
  readonly status?: string;
}

/** The index that serves these filters, and the value of its partition key. A hash, because owners and values have any length. */
export function toPartition(
  { owner, metadata }: ListScope,
  { template, status }: ListNarrowing,
): { readonly index: ListIndex; readonly partition: string } {
  const parts = [owner, metadata?.key ?? null, metadata?.value ?? null, template ?? null, status ?? null];
  const partition = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  if (template === undefined) return { index: status === undefined ? 'newest' : 'status', partition };
  return { index: status === undefined ? 'template' : 'template-status', partition };
}

export function toPosition({
  created_at,
  video_id,
}: {
  readonly created_at: string;
  readonly video_id: string;
}): string {
  return `${new Date(created_at).toISOString()}#${video_id}`;
}
