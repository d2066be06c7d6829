import { ApiError, type ListedVideo, type VideoList } from '../../client/index.ts';
import type { ListOptions } from '../../client/list.ts';
import { client, messageOf } from '../connection.ts';
import { pause } from '../pause.ts';
import type { Source } from '../tabs.ts';

/** What a list shows, as it is in the address. */
export interface Filters {
  readonly status: string;
  readonly template: string;
  /** Days, as in `2026-11-27`. */
  readonly after: string;
  readonly before: string;
  /** As in `order=17`. */
  readonly metadata: string;
}

export interface ListPlace {
  readonly filters: Filters;
  /** Of the page. @default the newest videos */
  readonly cursor?: string | undefined;
  /** The number of the page, from 1 on. */
  readonly page: number;
}

export const NO_FILTERS: Filters = { status: '', template: '', after: '', before: '', metadata: '' };
const NAMES = Object.keys(NO_FILTERS) as (keyof Filters)[];

export function readPlace(query: string): ListPlace {
  const given = new URLSearchParams(query);
  const filters = Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? '']));
  const page = Number(given.get('page') ?? 1);
  return {
    filters: { ...NO_FILTERS, ...filters },
    cursor: given.get('cursor') ?? undefined,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}

export function toQuery({ filters, cursor, page }: ListPlace): string {
  const parameters = new URLSearchParams();
  for (const name of NAMES) if (filters[name] !== '') parameters.set(name, filters[name]);
  if (cursor !== undefined) parameters.set('cursor', cursor);
  if (page > 1) parameters.set('page', String(page));
  return String(parameters);
}

/** One page of the list, or why there is none. */
export interface ShownList {
  readonly list?: VideoList;
  readonly problem?: string;
  /** Whether asking again is of no use. */
  readonly isFinal?: boolean;
}

const PAGE_VIDEOS = 50;
/** The list reads the table, and no execution. */
const RUNNING_MS = 4_000;
const QUIET_MS = 20_000;

/** Reads a page of the list again and again, more often while a video on it runs. */
export function followList(place: ListPlace): Source<ShownList> {
  return async (emit, signal) => {
    let shown: ShownList = {};
    while (!signal.aborted) {
      shown = await readPage(place, signal).then(
        (list) => ({ list }),
        (error: unknown) => ({ ...shown, problem: messageOf(error), isFinal: isFinal(error) }),
      );
      if (signal.aborted) return;
      emit(shown);
      if (shown.isFinal === true) return;
      const isMoving = shown.problem !== undefined || shown.list?.videos.some(isRunning) === true;
      await pause(isMoving ? RUNNING_MS : QUIET_MS, signal);
    }
  };
}

/** A request that is wrong stays wrong: a filter that the service does not know, or the cursor of another list. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.retry === 'new_request';
}

export function isRunning({ status }: Pick<ListedVideo, 'status'>): boolean {
  return status === 'running';
}

async function readPage({ filters, cursor }: ListPlace, signal: AbortSignal): Promise<VideoList> {
  const pages = client.list({ ...toOptions(filters), cursor, limit: PAGE_VIDEOS, signal }).pages();
  const { value } = await pages[Symbol.asyncIterator]().next();
  return value ?? { videos: [] };
}

function toOptions({ status, template, after, before, metadata }: Filters): ListOptions {
  const [key = '', value] = splitMetadata(metadata);
  return {
    ...(status === '' ? {} : { status: status as ListedVideo['status'] }),
    ...(template === '' ? {} : { template_id: template }),
    ...(after === '' ? {} : { created_after: justBefore(after) }),
    ...(before === '' ? {} : { created_before: endOf(before) }),
    ...(value === undefined ? {} : { metadata: { [key]: value } }),
  };
}

/** A day has both of its ends, in the zone of the reader. */
function justBefore(day: string): Date {
  return new Date(new Date(`${day}T00:00:00`).getTime() - 1);
}

function endOf(day: string): Date {
  const next = new Date(`${day}T00:00:00`);
  next.setDate(next.getDate() + 1);
  return next;
}

/** @returns the key and the value; nothing for a text that has none of the two */
export function splitMetadata(text: string): readonly string[] {
  const at = text.indexOf('=');
  return at < 1 ? [] : [text.slice(0, at), text.slice(at + 1)];
}
