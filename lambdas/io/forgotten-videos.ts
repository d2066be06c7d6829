import type { ListedVideo } from '../core/answer.ts';
import { isFinal } from '../core/job-key.ts';
import type { JobRecord } from '../core/job-record.ts';
import { toRecordedVideo } from '../core/recorded-video.ts';
import type { Bucket } from './bucket.ts';
import type { Executions } from './executions.ts';
import type { JobRecords } from './job-record.ts';

/** DescribeExecution takes some fifteen calls a second for the whole account. */
const MAX_EXAMINED = 50;
/** Less than the function's own time. */
const LIST_MS = 15_000;

/** The videos that only their job documents remember. */
export interface ForgottenVideos {
  /**
   * A part of them, in the order of their ids; it may be shorter than `limit`, and even empty, before the last one.
   * @returns `lastId`, behind which the next part begins; absent at the end
   */
  list(page: PageRequest): Promise<{ readonly videos: ListedVideo[]; readonly lastId?: string }>;
}

interface PageRequest {
  readonly status?: ListedVideo['status'];
  readonly limit: number;
  /** The id behind which the part begins. @default at the first */
  readonly after?: string;
}

interface Peers {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly executions: Pick<Executions, 'stateOf'>;
}

export function createForgottenVideos({ bucket, records, executions }: Peers): ForgottenVideos {
  async function recordIfForgotten(videoId: string): Promise<JobRecord | undefined> {
    const found = await records.read(videoId);
    if (found.kind !== 'record') return undefined;
    // A grant that is missing hides nothing: GET answers from the document as well.
    const state = await executions.stateOf(found.record);
    return state === 'gone' || state === 'denied' ? found.record : undefined;
  }

  return {
    async list({ status, limit, after }) {
      const videos: ListedVideo[] = [];
      let examined = 0;
      let lastId = after;
      for await (const jobs of bucket.listJobs(AbortSignal.timeout(LIST_MS), after)) {
        for (const { videoId } of jobs) {
          if (examined === MAX_EXAMINED || videos.length === limit) return { videos, lastId };
          const record = await recordIfForgotten(videoId);
          const listed = record === undefined ? [] : [toListed(record)];
          videos.push(...listed.filter((video) => status === undefined || video.status === status));
          examined += 1;
          lastId = videoId;
        }
      }
      return { videos };
    },
  };
}

function toListed(record: JobRecord): ListedVideo {
  const { video_id, created_at, finished_at } = record;
  const { status } = toRecordedVideo(record, new Date());
  const listed = isFinal(record) ? (status as ListedVideo['status']) : 'running';
  return { video_id, status: listed, created_at, finished_at };
}
