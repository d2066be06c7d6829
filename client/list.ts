import type { ListedVideo, VideoList } from '../lambdas/core/api/response.ts';
import type { Addresses } from './address.ts';
import type { Api } from './api.ts';
import type { CallOptions } from './options.ts';
import { pagesOf } from './pages.ts';
import { LIST } from './shapes.ts';

/** Which videos a list has. Without filters, all of yours. */
export interface ListOptions extends CallOptions {
  readonly status?: ListedVideo['status'];
  readonly template_id?: string;
  /** A text is ISO 8601 with a time zone. A video that started exactly then is not in the list. */
  readonly created_after?: Date | string;
  readonly created_before?: Date | string;
  /** One key that is in the deployment's `listedMetadata`, and its value. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** Videos in a page, 1 to 100. @default 20 */
  readonly limit?: number;
  /** `next_cursor` of an earlier page with equal filters. @default the newest video */
  readonly cursor?: string | undefined;
}

/** The videos of a list, newest first. Each page is asked for when it is needed. */
export interface VideoPages extends AsyncIterable<ListedVideo> {
  /** The pages, each with the `next_cursor` of the one that follows it. */
  pages(): AsyncIterable<VideoList>;
}

export function listVideos(options: ListOptions, api: Api, addresses: Addresses): VideoPages {
  return pagesOf({
    cursor: options.cursor,
    itemsOf: ({ videos }: VideoList) => videos,
    async ask(cursor) {
      const call = { method: 'GET', url: toUrl(addresses.videos, { ...options, cursor }) } as const;
      return (await api(call, LIST, { signals: [options.signal] })).body;
    },
  });
}

function toUrl(videos: URL, { signal: _signal, metadata = {}, ...fields }: ListOptions): URL {
  const url = new URL(videos);
  const parameters = [
    ...Object.entries(fields),
    ...Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value] as const),
  ];
  for (const [name, value] of parameters) if (value !== undefined) url.searchParams.set(name, toText(value));
  // AWS signs a space as %20. What it makes of a + in a query is not documented.
  url.search = url.search.replaceAll('+', '%20');
  return url;
}

/** As the query of a call has it. */
export function toText(value: Date | string | number | boolean): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
