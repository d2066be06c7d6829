import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { AcceptedVideo, Upload, Video } from '../../lambdas/core/answer.ts';
import type { UploadRequest, VideoRequest } from '../../lambdas/core/request.ts';
import { Explained, type Image, type StartFlags } from '../flags.ts';
import { type Lost, NoAnswer, type Refusal, readRefusal, toLost } from './refusal.ts';

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
  /** Sends the images that lie on this machine, and gives the body to POST. */
  toBody(flags: Pick<StartFlags, 'request' | 'images'>): Promise<VideoRequest>;
  /** POSTs a request, again and again under the same key where no answer comes: it is not paid for twice. @throws RequestRefused, NoAnswer */
  start(request: VideoRequest, idempotencyKey: string): Promise<AcceptedVideo>;
  /** How a video is doing, and after how many seconds to look again. @throws RequestRefused, NoAnswer */
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

  async function sendOnce(
    { method, url, headers, body }: ApiRequest,
    shown: object,
  ): Promise<Response | Lost> {
    const content = body === undefined ? {} : { body };
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const whole = { ...headers, ...shown };
      return await fetch(url, { method, headers: whole, ...content, signal: inTime, redirect: 'error' });
    } catch (error) {
      signal.throwIfAborted();
      return toLost(error as Error);
    }
  }

  /** Every request here may be repeated: a GET, a POST that makes an address, and a POST with an idempotency key. */
  async function send(request: ApiRequest): Promise<Response> {
    let mayHaveArrived = false;
    for (let tries = 1; ; tries += 1) {
      const answer = await sendOnce(request, await authorize(request));
      if (answer instanceof Response && answer.ok) return answer;
      const failure: Refusal | Lost = answer instanceof Response ? await readRefusal(answer) : answer;
      mayHaveArrived ||= failure.mayHaveArrived;
      if (tries === TRIES || !failure.isPassing) throw toError(request, failure, mayHaveArrived);
      const seconds = failure.retryAfterSeconds ?? FIRST_PAUSE_SECONDS * 2 ** (tries - 1);
      const pause = Math.min(LONGEST_PAUSE_SECONDS, seconds);
      notice(`${request.url.host}: ${failure.reason}; tried again in ${pause} s`);
      await after(pause * 1000, undefined, { signal });
    }
  }

  function post(url: URL, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers };
    return send({ method: 'POST', url, headers: json, body: JSON.stringify(body) });
  }

  async function upload(bytes: Buffer, type: UploadRequest['content_type']): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const answer = await post(uploads, { content_type: type, bytes: bytes.length, sha256 });
    const { value, upload: place } = (await answer.json()) as Upload;
    const { method, url, headers } = place;
    const stored = await fetch(url, { method, headers, body: new Uint8Array(bytes), signal });
    if (!stored.ok) throw new Explained(`The image could not be uploaded: HTTP ${stored.status}.`);
    return value;
  }

  function toValue(image: Image): string | Promise<string> {
    if (image === 'example') return exampleImage;
    return 'url' in image ? image.url : upload(image.bytes, image.type);
  }

  return {
    async toBody({ request, images }) {
      if ('task_id' in request) return request;
      const values = await Promise.all(images.map(toValue));
      return { ...request, media_inputs: values.map((value) => ({ value })) };
    },
    async start(request, idempotencyKey) {
      const answer = await post(videos, request, { 'idempotency-key': idempotencyKey });
      return (await answer.json()) as AcceptedVideo;
    },
    async look(videoId) {
      const url = new URL(`videos/${encodeURIComponent(videoId)}`, videos);
      const answer = await send({ method: 'GET', url, headers: {} });
      const seconds = Number(answer.headers.get('retry-after') ?? DEFAULT_LOOK_SECONDS);
      return { video: (await answer.json()) as Video, retryAfterSeconds: seconds };
    },
  };
}

/** A refusal decides, unless an earlier try may have been accepted. */
function toError({ url }: ApiRequest, failure: Refusal | Lost, mayHaveArrived: boolean): Error {
  if ('error' in failure && !mayHaveArrived) return failure.error;
  return new NoAnswer(url.host, failure.reason, mayHaveArrived);
}
