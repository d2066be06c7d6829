import type { ExistingTaskRequest } from '../lambdas/core/api/request.ts';
import type { Usage, Video } from '../lambdas/core/api/response.ts';
import type { Workflow } from '../lambdas/core/api/workflow-response.ts';
import type { Catalogue } from '../lambdas/core/minimax/templates.ts';
import { toAddresses } from './address.ts';
import { createApi } from './api.ts';
import { toAuthorize } from './authorize.ts';
import { ApiError, NoResponse, VideoFailed } from './errors.ts';
import { type HistoryOptions, historyOf, type VisitPages } from './history.ts';
import { type ListOptions, listVideos, type VideoPages } from './list.ts';
import type { CallOptions, ClientOptions, StartOptions } from './options.ts';
import { CATALOGUE, USAGE, videoShape, WORKFLOW } from './shapes.ts';
import { type NewVideo, type StartedVideo, startVideo } from './start.ts';
import { type ImageBytes, type UploadOptions, uploadImage } from './upload.ts';
import { type WaitOptions, waitForEnd } from './wait.ts';

export interface MakeOptions extends StartOptions, WaitOptions {}

export interface AdoptOptions extends StartOptions, Pick<ExistingTaskRequest, 'kind' | 'metadata'> {}

export interface UsageOptions extends CallOptions {
  /** The first day, in UTC. @default 30 days with `to` */
  readonly from?: Date | string;
  /** The last day, in UTC. @default today */
  readonly to?: Date | string;
}

/** The HTTPS API of a deployed service. Every call throws a `ClientError`. */
export interface VideosClient {
  /** Starts a video and waits for its file. Costs what MiniMax charges for it, once. @throws VideoFailed, ApiError, NoResponse, Stopped */
  make(request: NewVideo, options?: MakeOptions): Promise<Video>;
  /** Starts a video. A repeated key with an equal request gives the first video. @throws ApiError, NoResponse, Stopped */
  start(request: NewVideo, options?: StartOptions): Promise<StartedVideo>;
  /** Follows a task that exists at MiniMax, and starts nothing there. @throws ApiError, NoResponse, Stopped */
  adopt(task_id: string, options?: AdoptOptions): Promise<StartedVideo>;
  /**
   * Checks a video until it has ended, with or without a file, and gives it. A lost connection is no end: not for a video that `start`
   * or `adopt` has given, and for an id not after the first answer.
   * @throws ApiError, NoResponse, Stopped
   */
  wait(video: string | StartedVideo, options?: WaitOptions): Promise<Video>;
  /** A video as it is now, with a new link to its file. @throws ApiError, NoResponse, Stopped */
  get(videoId: string, options?: CallOptions): Promise<Video>;
  /** Your videos, newest first: `for await (const video of videos.list({ status: 'failed' }))`. */
  list(options?: ListOptions): VideoPages;
  /** The states that a video has visited, oldest first, with what was retried and why. Step Functions keeps them for 90 days. */
  history(videoId: string, options?: HistoryOptions): VisitPages;
  /** The definition of the workflow, in Amazon States Language. @throws ApiError, NoResponse, Stopped */
  workflow(options?: CallOptions): Promise<Workflow>;
  /** Ends the wait of the service. MiniMax cannot be stopped and may charge. @throws ApiError, NoResponse, Stopped */
  cancel(videoId: string, options?: CallOptions): Promise<Video>;
  /** Sends an image to the bucket, and gives the `value` of a media input. @throws ApiError, NoResponse, Stopped, TypeError */
  upload(image: ImageBytes, options?: UploadOptions): Promise<string>;
  /** The known templates, what each needs, and its price. @throws ApiError, NoResponse, Stopped */
  templates(options?: CallOptions): Promise<Catalogue>;
  /** The number of your videos and their estimated dollars, by day and template. @throws ApiError, NoResponse, Stopped */
  usage(options?: UsageOptions): Promise<Usage>;
}

const TIMEOUT_MS = 60_000;
/** An image may come over a slow line. */
const UPLOAD_FACTOR = 10;

/** Makes a client. It sends nothing yet. @throws TypeError for wrong options */
export function createClient(options: ClientOptions): VideosClient {
  const { url, apiKey, credentials, timeoutMs = TIMEOUT_MS, signal, onRetry } = options;
  const addresses = toAddresses(url, apiKey !== undefined || credentials !== undefined);
  const api = createApi({ ...options, timeoutMs, authorize: toAuthorize(options, addresses.videos) });
  const uploading = { api, addresses, signal, timeoutMs: timeoutMs * UPLOAD_FACTOR };
  const waiting = { api, addresses, signal, onRetry };
  const upload: VideosClient['upload'] = (image, given = {}) => uploadImage(image, given, uploading);
  const start: VideosClient['start'] = (request, given = {}) =>
    startVideo(request, given, { api, addresses, upload });

  async function get(videoId: string, given: CallOptions = {}): Promise<Video> {
    const call = { method: 'GET', url: addresses.video(videoId) } as const;
    return (await api(call, videoShape(videoId), { signals: [given.signal], subject: { videoId } })).body;
  }

  return {
    start,
    get,
    upload,
    async make(request, given = {}) {
      const started = await start(request, given);
      const video = await waitForEnd(started, given, waiting);
      if (video.status === 'succeeded') return video;
      throw new VideoFailed(video, started);
    },
    adopt: (task_id, { kind, metadata, ...given } = {}) => start({ task_id, kind, metadata }, given),
    wait: (video, given = {}) => waitForEnd(video, given, waiting),
    list: (given = {}) => listVideos(given, api, addresses),
    history: (videoId, given = {}) => historyOf(videoId, given, api, addresses),
    async cancel(videoId, given = {}) {
      const call = { method: 'DELETE', url: addresses.video(videoId) } as const;
      try {
        return (await api(call, videoShape(videoId), { signals: [given.signal], subject: { videoId } })).body;
      } catch (error) {
        if (!isFinishedAfterLostAnswer(error)) throw error;
        const video = await get(videoId, given);
        if (video.status === 'cancelled') return video;
        throw error;
      }
    },
    async templates(given = {}) {
      const call = { method: 'GET', url: addresses.sibling('templates') } as const;
      return (await api(call, CATALOGUE, { signals: [given.signal] })).body;
    },
    async workflow(given = {}) {
      const call = { method: 'GET', url: addresses.sibling('workflow') } as const;
      return (await api(call, WORKFLOW, { signals: [given.signal] })).body;
    },
    async usage({ from, to, signal: own } = {}) {
      const address = addresses.sibling('usage');
      for (const [name, day] of Object.entries({ from, to }))
        if (day !== undefined) address.searchParams.set(name, toDay(day));
      return (await api({ method: 'GET', url: address }, USAGE, { signals: [own] })).body;
    },
  };
}

/** An attempt whose answer was lost may have cancelled the video. */
function isFinishedAfterLostAnswer(error: unknown): boolean {
  return (
    error instanceof NoResponse && error.cause instanceof ApiError && error.cause.type === 'video-finished'
  );
}

function toDay(day: Date | string): string {
  return day instanceof Date ? day.toISOString().slice(0, 10) : day;
}
