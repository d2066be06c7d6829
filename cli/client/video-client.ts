import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type {
  ExistingTaskRequest,
  NewTaskRequest,
  UploadRequest,
  VideoRequest,
} from '../../lambdas/core/api/request.ts';
import type { AcceptedVideo, Upload, Video } from '../../lambdas/core/api/response.ts';
import type { ImageType } from '../../lambdas/core/image/limits.ts';
import { isExecutionName } from '../../lambdas/core/job/video-id.ts';
import { quoted } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';
import { type Failed, fromNetworkError, fromResponse, NoResponse } from './errors.ts';

/** An image for the template: the URL of one, the bytes of a local file, or that of MiniMax's own example. */
export type Image =
  | { readonly url: string }
  | { readonly bytes: Buffer; readonly type: ImageType }
  | 'example';

/** What is to be made. */
export interface Order {
  /** The body to POST, but for its images. */
  readonly request: ExistingTaskRequest | NewTaskRequest;
  readonly images: readonly Image[];
}

/** A request to the HTTPS API, before whoever sends it has put his name to it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Adds what shows who the caller is. */
export type Authorize = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

export interface VideoClient {
  readonly videosUrl: string;
  /** Sends the images that lie on this machine, and gives the body to POST. */
  toBody(order: Order): Promise<VideoRequest>;
  /** POSTs a request, again and again under the same key where no answer comes: it is not paid for twice. @throws ApiError, NoAnswer */
  start(request: VideoRequest, idempotencyKey: string): Promise<AcceptedVideo>;
  /** How a video is doing, and after how many seconds to look again. @throws ApiError, NoAnswer */
  look(videoId: string): Promise<{ readonly video: Video; readonly retryAfterSeconds: number }>;
}

export interface ClientOptions {
  /** `https://…/videos` */
  readonly videosUrl: string;
  readonly authorize: Authorize;
  /** What stands for the image of MiniMax's own example. */
  readonly exampleImage: string;
  /** Ends whatever is under way. @default never */
  readonly signal?: AbortSignal;
  /** Is told, in words for people, why something is tried again. @default nobody */
  readonly notice?: (line: string) => void;
}

const TRIES = 5;
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 30;
const TIMEOUT_MS = 60_000;
/** For the largest image over a slow line. */
const UPLOAD_TIMEOUT_MS = 600_000;
const DEFAULT_LOOK_SECONDS = 10;

/** A client of the HTTPS API, deployed or on this machine. */
export function createVideoClient(options: ClientOptions): VideoClient {
  const {
    authorize,
    exampleImage,
    signal = new AbortController().signal,
    notice = () => undefined,
  } = options;
  const videos = new URL(options.videosUrl);
  const uploads = new URL('uploads', videos);

  async function sendOnce(request: ApiRequest, shown: object): Promise<Answer | Failed> {
    const { method, url, headers, body } = request;
    const content = body === undefined ? {} : { body };
    const withTimeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const whole = { ...headers, ...shown };
      const response = await fetch(url, {
        method,
        headers: whole,
        ...content,
        signal: withTimeout,
        redirect: 'error',
      });
      return response.ok
        ? { headers: response.headers, json: await response.json() }
        : await fromResponse(response);
    } catch (error) {
      signal.throwIfAborted();
      return fromNetworkError(error as Error);
    }
  }

  /** Every request here may be repeated: a GET, a POST that makes an address, and a POST with an idempotency key. */
  async function send(request: ApiRequest): Promise<Answer> {
    const { host } = request.url;
    let mayHaveBeenReceived = false;
    for (let tries = 1; ; tries += 1) {
      const shown = await authorize(request).catch((error: Error) => {
        throw mayHaveBeenReceived ? new NoResponse(host, error.message, true) : error;
      });
      const answer = await sendOnce(request, shown);
      if ('json' in answer) return answer;
      mayHaveBeenReceived ||= answer.mayHaveBeenReceived;
      if (tries === TRIES || !answer.isRetryable) throw toError(host, answer, mayHaveBeenReceived);
      const seconds = answer.retryAfterSeconds ?? FIRST_PAUSE_SECONDS * 2 ** (tries - 1);
      const pause = Math.min(LONGEST_PAUSE_SECONDS, seconds);
      notice(`${host}: ${answer.reason}; try ${tries + 1} of ${TRIES} in ${pause} s`);
      await after(pause * 1000, undefined, { signal });
    }
  }

  function post(url: URL, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const json = { 'content-type': 'application/json', ...headers };
    return send({ method: 'POST', url, headers: json, body: JSON.stringify(body) });
  }

  async function upload(bytes: Buffer, type: UploadRequest['content_type']): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { json } = await post(uploads, { content_type: type, bytes: bytes.length, sha256 });
    const { value, upload: place } = json as Upload;
    const { method, url, headers } = place;
    const withTimeout = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]);
    const stored = await fetch(url, {
      method,
      headers,
      body: new Uint8Array(bytes),
      signal: withTimeout,
    }).catch((error: Error) => {
      throw new UserError(`The image could not be uploaded (${fromNetworkError(error).reason}).`, {
        cause: error,
      });
    });
    if (!stored.ok) throw new UserError(`The image could not be uploaded: HTTP ${stored.status}.`);
    return value;
  }

  function toValue(image: Image): string | Promise<string> {
    if (image === 'example') return exampleImage;
    return 'url' in image ? image.url : upload(image.bytes, image.type);
  }

  return {
    videosUrl: options.videosUrl,
    async toBody({ request, images }) {
      if ('task_id' in request) return request;
      const values = await Promise.all(images.map(toValue));
      return { ...request, media_inputs: values.map((value) => ({ value })) };
    },
    async start(request, idempotencyKey) {
      const { json } = await post(videos, request, { 'idempotency-key': idempotencyKey });
      const accepted = json as AcceptedVideo;
      // It becomes the name of a file, and a part of the commands that are shown.
      if (isExecutionName(accepted.video_id)) return accepted;
      throw new UserError(
        `${videos.host} answers with an id that is none: ${quoted(String(accepted.video_id))}.`,
      );
    },
    async look(videoId) {
      const url = new URL(`videos/${encodeURIComponent(videoId)}`, videos);
      const { headers, json } = await send({ method: 'GET', url, headers: {} });
      const seconds = Number(headers.get('retry-after') ?? DEFAULT_LOOK_SECONDS);
      return { video: json as Video, retryAfterSeconds: seconds };
    },
  };
}

interface Answer {
  readonly headers: Headers;
  readonly json: unknown;
}

/** A refusal decides, unless an earlier try may have been accepted. */
function toError(host: string, { refusal, reason }: Failed, mayHaveBeenReceived: boolean): Error {
  return refusal === undefined || mayHaveBeenReceived
    ? new NoResponse(host, reason, mayHaveBeenReceived)
    : refusal;
}
