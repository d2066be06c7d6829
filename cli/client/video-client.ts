import * as z from 'zod/mini';
import type { ExistingTaskRequest, NewTaskRequest, VideoRequest } from '../../lambdas/core/api/request.ts';
import {
  type AcceptedVideo,
  acceptedVideoSchema,
  type Video,
  videoSchema,
} from '../../lambdas/core/api/response.ts';
import { isExecutionName } from '../../lambdas/core/job/video-id.ts';
import { quoted } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';
import { createApi } from './api.ts';
import type { RequestOptions } from './api-requests.ts';
import { type LocalImage, uploadImage } from './upload-image.ts';

/** An image for the template: the URL of one, a local file, or that of MiniMax's own example. */
export type Image = { readonly url: string } | LocalImage | 'example';

/** The request of a person, with its images. */
export interface Order {
  /** The body to POST, but for its images. */
  readonly request: ExistingTaskRequest | NewTaskRequest;
  readonly images: readonly Image[];
}

export interface CheckedVideo {
  readonly video: Video;
  /** When to check again. */
  readonly retryAfterSeconds: number;
}

export interface VideoClient {
  readonly videosUrl: string;
  /** Uploads the local images. @returns the body to POST */
  toBody(order: Order): Promise<VideoRequest>;
  /** POSTs a request, and repeats it only under its idempotency key, so that it is paid for once. @throws ApiError, NoResponse */
  start(request: VideoRequest, idempotencyKey: string): Promise<AcceptedVideo>;
  /** @throws ApiError, NoResponse */
  check(videoId: string): Promise<CheckedVideo>;
}

export interface ClientOptions extends RequestOptions {
  /** `https://…/videos` */
  readonly videosUrl: string;
  /** The image of MiniMax's own example, or another one instead. */
  readonly exampleImage: string;
}

/** Fields of a younger service are kept, so that `--json` prints them. */
const videoAnswer = z.looseObject(videoSchema.shape);
const acceptedAnswer = z.looseObject(acceptedVideoSchema.shape);

const DEFAULT_CHECK_SECONDS = 10;

/** A client of the HTTPS API, deployed or on this machine. */
export function createVideoClient(options: ClientOptions): VideoClient {
  const { videosUrl, exampleImage, signal } = options;
  const api = createApi(options);
  const videos = new URL(videosUrl);
  const uploads = new URL('uploads', videos);

  function toValue(image: Image): string | Promise<string> {
    if (image === 'example') return exampleImage;
    return 'url' in image ? image.url : uploadImage(image, { api, url: uploads, signal });
  }

  return {
    videosUrl,
    async toBody({ request, images }) {
      if ('task_id' in request) return request;
      const values = await Promise.all(images.map(toValue));
      return { ...request, media_inputs: values.map((value) => ({ value })) };
    },
    async start(request, idempotencyKey) {
      const headers = { 'idempotency-key': idempotencyKey };
      const { body } = await api.post(videos, acceptedAnswer, { json: request, headers });
      // The id becomes the name of a file, and a part of the commands that are shown.
      if (isExecutionName(body.video_id)) return body;
      throw new UserError(`${videos.host} answers with an invalid video id: ${quoted(body.video_id)}.`);
    },
    async check(videoId) {
      const url = new URL(`videos/${encodeURIComponent(videoId)}`, videos);
      const { headers, body } = await api.get(url, videoAnswer);
      const seconds = Number(headers.get('retry-after') ?? DEFAULT_CHECK_SECONDS);
      return { video: body, retryAfterSeconds: seconds };
    },
  };
}
