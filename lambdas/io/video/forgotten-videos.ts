import type { ListedVideo } from '../../core/api/response.ts';
import type { JobRecord } from '../../core/job/job-record.ts';
import { hasEnded } from '../../core/job/redrive.ts';
import { toRecordedVideo } from '../../core/video/recorded-video.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { ListedExecution } from '../aws/execution-list.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';

/** Keeps one list within the quota of DescribeExecution: some 15 calls a second for the whole account. */
const MAX_EXAMINED = 50;
/** Less than the function's timeout. */
const LIST_MS = 15_000;

/**
 * The videos whose executions Step Functions has deleted. The hourly sweep may start an execution for such a video while the caller
 * reads the pages of ListExecutions. So videos whose executions started after the first page are listed here too.
 */
export interface ForgottenVideos {
  /**
   * One page of them, in the order of their ids. A page before the last one may be shorter than `limit`, or empty.
   * @returns `lastId`, after which the next page begins; absent at the end
   */
  list(page: PageRequest): Promise<{ readonly videos: ListedVideo[]; readonly lastId?: string }>;
}

interface PageRequest {
  readonly status?: ListedVideo['status'];
  readonly limit: number;
  /** The page begins after this id. @default at the first video */
  readonly after?: string;
  /** When the first page of ListExecutions was read. An execution that started later is in none of its pages. */
  readonly since: Date;
}

interface Dependencies {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly executions: Pick<Executions, 'stateOf' | 'listed'>;
}

export function createForgottenVideos({ bucket, records, executions }: Dependencies): ForgottenVideos {
  async function listed(videoId: string, { status, since }: PageRequest): Promise<ListedVideo[]> {
    const video = await listedAs(videoId, since);
    const isAsked = status === undefined || video?.status === status;
    return video === undefined || !isAsked ? [] : [video];
  }

  async function listedAs(videoId: string, since: Date): Promise<ListedVideo | undefined> {
    const found = await records.read(videoId);
    if (found.kind !== 'record') return undefined;
    const { record } = found;
    // Without permission to describe the execution, the video is listed too: GET shows it from its document.
    const state = await executions.stateOf(record);
    if (state === 'gone' || state === 'denied') return toListed(record);
    if (Date.parse(record.created_at) <= since.getTime()) return undefined;
    const execution = await executions.listed(videoId);
    return execution && toListedVideo(execution);
  }

  return {
    async list(page) {
      const { limit, after } = page;
      const videos: ListedVideo[] = [];
      let examined = 0;
      let lastId = after;
      for await (const jobs of bucket.listJobs(AbortSignal.timeout(LIST_MS), after)) {
        for (const { videoId } of jobs) {
          if (examined === MAX_EXAMINED || videos.length === limit) return { videos, lastId };
          videos.push(...(await listed(videoId, page)));
          examined += 1;
          lastId = videoId;
        }
      }
      return { videos };
    },
  };
}

export function toListedVideo({ name, status, startDate, stopDate }: ListedExecution): ListedVideo {
  return {
    video_id: name,
    status,
    created_at: startDate.toISOString(),
    finished_at: stopDate?.toISOString(),
  };
}

function toListed(record: JobRecord): ListedVideo {
  const { video_id, status, created_at, finished_at } = toRecordedVideo(record, new Date());
  const listed = hasEnded(record) ? (status as ListedVideo['status']) : 'running';
  return { video_id, status: listed, created_at, finished_at };
}
