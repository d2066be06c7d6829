import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { AcceptedVideo, Problem, Upload, Video } from '../../lambdas/core/answer.ts';
import type { UploadRequest, VideoRequest } from '../../lambdas/core/request.ts';
import type { Image, StartFlags } from '../flags.ts';

/** A request to the HTTPS API, before whoever sends it has put his name to it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Adds what shows who the caller is. */
export type Authorize = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

/** What the API has against a request; it will say the same the next time. */
export class RequestRefused extends Error {
  readonly status: number;

  constructor({ title, detail = '', errors = [] }: Partial<Problem>, status: number) {
    const faults = errors.map(
      ({ pointer, detail: why }) => `\n  ${pointer === '' ? 'The body' : pointer} ${why}`,
    );
    super(`${title ?? 'The request was refused'} (HTTP ${status}). ${detail}${faults.join('')}`);
    this.status = status;
  }
}

export interface VideoClient {
  /** Sends the images that lie on this machine, and gives the body to POST. */
  toBody(flags: Pick<StartFlags, 'request' | 'images'>): Promise<VideoRequest>;
  /** POSTs a request, again and again under the same key where no answer comes: it is not paid for twice. */
  start(request: VideoRequest, idempotencyKey: string): Promise<AcceptedVideo>;
  /** How a video is doing, and after how many seconds to look again. */
  look(videoId: string): Promise<{ readonly video: Video; readonly retryAfterSeconds: number }>;
}

export interface ClientOptions {
  /** `https://…/videos` */
  readonly videosUrl: string;
  readonly authorize: Authorize;
  /** What stands for the image of MiniMax's own example. */
  readonly exampleImage: string;
}

const TRIES = 6;
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 30;
const TIMEOUT_MS = 60_000;
const DEFAULT_LOOK_SECONDS = 10;

/** A client of the HTTPS API, deployed or on this machine. */
export function createVideoClient({ videosUrl, authorize, exampleImage }: ClientOptions): VideoClient {
  const videos = new URL(videosUrl);
  const uploads = new URL('uploads', videos);

  async function sendOnce(request: ApiRequest): Promise<Response> {
    const { method, url, headers, body } = request;
    const signed = { ...headers, ...(await authorize(request)) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(url, {
      method,
      headers: signed,
      signal,
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Every request here may be repeated: a GET, a POST that makes an address, and a POST with an idempotency key. */
  async function send(request: ApiRequest): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const answer = await sendOnce(request).catch((error: Error) => error);
      const isPassing = answer instanceof Error || answer.status >= 500 || (await isInTheWay(answer));
      if (!(answer instanceof Error) && answer.ok) return answer;
      if (!isPassing || tries === TRIES) throw answer instanceof Error ? answer : await toRefused(answer);
      await after(pauseSeconds(answer, tries) * 1000);
    }
  }

  async function post(
    url: URL,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const json = { 'content-type': 'application/json', ...headers };
    return send({ method: 'POST', url, headers: json, body: JSON.stringify(body) });
  }

  async function upload(bytes: Buffer, type: UploadRequest['content_type']): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const answer = await post(uploads, { content_type: type, bytes: bytes.length, sha256 });
    const { value, upload: place } = (await answer.json()) as Upload;
    const { method, url, headers } = place;
    const stored = await fetch(url, { method, headers, body: new Uint8Array(bytes) });
    if (!stored.ok) throw new Error(`The image could not be uploaded: HTTP ${stored.status}.`);
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

/** Another request under the same key is on its way, or there are too many; a limit for the whole day does not pass. */
async function isInTheWay(answer: Response): Promise<boolean> {
  if (answer.status !== 409 && answer.status !== 429) return false;
  const { type = '' } = await toProblem(answer.clone());
  return /:(request-in-progress|too-many-requests)$/.test(type);
}

async function toRefused(answer: Response): Promise<RequestRefused> {
  return new RequestRefused(await toProblem(answer), answer.status);
}

/** Not every refusal comes from the API itself. */
async function toProblem(answer: Response): Promise<Partial<Problem>> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    return problem ?? {};
  } catch {
    return {};
  }
}

function pauseSeconds(answer: Response | Error, tries: number): number {
  const asked = answer instanceof Error ? null : answer.headers.get('retry-after');
  const growing = FIRST_PAUSE_SECONDS * 2 ** (tries - 1);
  return Math.min(LONGEST_PAUSE_SECONDS, Number(asked ?? growing) || growing);
}
