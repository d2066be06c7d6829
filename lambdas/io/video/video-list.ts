import { badParameter, ProblemError } from '../../core/api/problem.ts';
import type { VideoList } from '../../core/api/response.ts';
import type { Executions } from '../aws/executions.ts';
import { type ForgottenVideos, toListedVideo } from './forgotten-videos.ts';
import { type Cursor, toCursor } from './list-cursor.ts';
import type { ListFilter, ListRequest } from './list-request.ts';

/** The list of all videos, page by page. */
export interface VideoPages {
  /**
   * First the videos that Step Functions knows, newest first, in pages of one ListExecutions call. Then those that only the
   * bucket has, in the order of their ids.
   * @throws ProblemError for a cursor that Step Functions rejects, because it is older than 24 hours
   */
  page(request: ListRequest, now: Date): Promise<VideoList>;
}

interface Dependencies {
  readonly executions: Pick<Executions, 'list'>;
  readonly forgotten: ForgottenVideos;
}

export function createVideoList({ executions, forgotten }: Dependencies): VideoPages {
  /** @param limit of this page. @default that of the list */
  async function forgottenPage(
    filter: ListFilter,
    { since, place }: Pick<Cursor, 'since' | 'place'>,
    limit = filter.limit,
  ): Promise<VideoList> {
    const after = place.in === 'bucket' ? place.after : undefined;
    const { videos, lastId } = await forgotten.list({ status: filter.status, limit, after, since });
    if (lastId === undefined) return { videos };
    return { videos, next_cursor: toCursor({ ...filter, since, place: { in: 'bucket', after: lastId } }) };
  }

  return {
    async page({ filter, cursor }, now) {
      if (cursor?.place.in === 'bucket') return forgottenPage(filter, cursor);
      const page = await executions.list({ ...filter, nextToken: cursor?.place.token });
      if (page === undefined)
        throw new ProblemError(badParameter('cursor is invalid or expired. A cursor is valid for 24 hours.'));
      const videos = page.executions.map(toListedVideo);
      const since = cursor?.since ?? latest(now, page.executions[0]?.startDate);
      if (page.nextToken !== undefined) {
        const place = { in: 'step functions', token: page.nextToken } as const;
        return { videos, next_cursor: toCursor({ ...filter, since, place }) };
      }
      const place = { in: 'bucket' } as const;
      const room = filter.limit - videos.length;
      if (room === 0) return { videos, next_cursor: toCursor({ ...filter, since, place }) };
      const rest = await forgottenPage(filter, { since, place }, room);
      return { ...rest, videos: [...videos, ...rest.videos] };
    },
  };
}

/** The clock of Step Functions may be ahead of ours. */
function latest(now: Date, newest = now): Date {
  return newest > now ? newest : now;
}
