import type { VideoHistory, Visit } from '../lambdas/core/api/workflow-response.ts';
import type { Addresses } from './address.ts';
import type { Api } from './api.ts';
import type { CallOptions } from './options.ts';
import { pagesOf } from './pages.ts';
import { historyShape } from './shapes.ts';

export interface HistoryOptions extends CallOptions {
  /** Visits in a page, 1 to 100. @default 100 */
  readonly limit?: number;
  /** `next_cursor` of an earlier page, valid for a day. @default the oldest visit */
  readonly cursor?: string | undefined;
}

/** The visits of the states, oldest first. Each page is asked for when it is needed. */
export interface VisitPages extends AsyncIterable<Visit> {
  /** The pages, each with the `next_cursor` of the one that follows it. */
  pages(): AsyncIterable<VideoHistory>;
}

export function historyOf(
  videoId: string,
  { limit, cursor: first, signal }: HistoryOptions,
  api: Api,
  addresses: Addresses,
): VisitPages {
  const address = addresses.history(videoId);
  const shape = historyShape(videoId);

  return pagesOf({
    cursor: first,
    itemsOf: ({ states }: VideoHistory) => states,
    async ask(cursor) {
      const url = new URL(address);
      if (limit !== undefined) url.searchParams.set('limit', String(limit));
      if (cursor !== undefined) url.searchParams.set('cursor', cursor);
      return (await api({ method: 'GET', url }, shape, { signals: [signal], subject: { videoId } })).body;
    },
  });
}
