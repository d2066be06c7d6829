import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isLoopback } from '../../client/address.ts';
import { IMAGE_LIMIT_BYTES } from '../../lambdas/core/image/limits.ts';
import { readBounded } from '../../local/loopback-server.ts';
import { type ForwardedAnswer, type Forwarder, sendNotFound, sendUnreachable } from './forward.ts';

/**
 * Passes files on between the page and S3, by the signed links that the service gives out. So the page asks no other host, and the bucket
 * needs no CORS rule for it.
 */
export interface Relay {
  /** Sends the file of a video, or the part that the request asks for. @param path of the video, as in `videos/{video_id}` */
  sendFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
  /** Replaces the address of S3 in an answer to `POST /uploads` by one of this relay. @param prefix of that address */
  offerUpload(answer: ForwardedAnswer, prefix: string): ForwardedAnswer;
  /** Takes an image. The id in the address is a secret, as the signature in a signed link is. */
  takeUpload(request: IncomingMessage, response: ServerResponse, id: string): Promise<void>;
}

interface SignedFile {
  readonly url: string;
  readonly url_expires_at: string;
}

interface FileLink {
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const MAX_ENTRIES = 100;
/** For a part of a file that is asked for just before the end of its link. */
const LINK_MARGIN_MS = 60_000;
const FILE_HEADERS = ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'] as const;

/** @param isLocal whether the service is on this machine, and so its files */
export function createRelay(forwarder: Pick<Forwarder, 'get'>, isLocal: boolean): Relay {
  const uploads = new Map<string, string>();

  const links = new Map<string, FileLink>();

  /** A player asks for many parts of one file. Each signed link serves them until shortly before its end. */
  async function linkOf(path: string): Promise<string | undefined> {
    const known = links.get(path);
    if (known !== undefined && known.until > Date.now()) return known.url;
    links.delete(path);
    const { status, text } = await forwarder.get(path);
    const { video } = (status === 200 ? JSON.parse(text) : {}) as {
      readonly video?: Partial<SignedFile> | null;
    };
    if (!isFetchable(video?.url, isLocal)) return undefined;
    remember(links, path, { url: video.url, until: Date.parse(video.url_expires_at ?? '') - LINK_MARGIN_MS });
    return video.url;
  }

  return {
    async sendFile(request, response, path) {
      try {
        const link = await linkOf(path);
        if (link === undefined) return sendNotFound(response);
        await passOn(link, request, response);
        // A file may have been deleted since its link was signed.
        if (response.statusCode >= 400) links.delete(path);
      } catch (error) {
        links.delete(path);
        if (response.headersSent) response.destroy();
        else sendUnreachable(response, error);
      }
    },

    offerUpload(answer, prefix) {
      if (answer.status !== 201) return answer;
      const offer = JSON.parse(answer.text) as { readonly upload?: { readonly url?: unknown } };
      const url = offer.upload?.url;
      if (!isFetchable(url, isLocal)) throw new Error('The service gave no address for the image.');
      const id = randomBytes(24).toString('base64url');
      remember(uploads, id, url);
      return {
        ...answer,
        text: JSON.stringify({ ...offer, upload: { ...offer.upload, url: `${prefix}${id}` } }),
      };
    },

    async takeUpload(request, response, id) {
      const url = uploads.get(id);
      if (url === undefined || request.method !== 'PUT') return sendNotFound(response);
      const body = await readBounded(request, IMAGE_LIMIT_BYTES);
      if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
      try {
        const stored = await fetch(url, {
          method: 'PUT',
          headers: signedOf(request),
          body: new Uint8Array(body),
          redirect: 'error',
        });
        response.writeHead(stored.status, { 'content-type': 'text/plain' }).end(await stored.text());
      } catch (error) {
        sendUnreachable(response, error);
      }
    },
  };
}

/** S3, or the files of a service on this machine. A link of another form is not followed. */
function isFetchable(url: unknown, isLocal: boolean): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const address = new URL(url);
  return address.protocol === 'https:' || (isLocal && address.protocol === 'http:' && isLoopback(address));
}

/** Later entries replace the oldest. */
function remember<Value>(entries: Map<string, Value>, name: string, value: Value): void {
  entries.set(name, value);
  for (const oldest of [...entries.keys()].slice(0, -MAX_ENTRIES)) entries.delete(oldest);
}

async function passOn(link: string, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const range: Record<string, string> = headers.range === undefined ? {} : { range: headers.range };
  const file = await fetch(link, { headers: range, signal: gone.signal, redirect: 'error' });
  for (const name of FILE_HEADERS) {
    const value = file.headers.get(name);
    if (value !== null) response.setHeader(name, value);
  }
  response.writeHead(file.status, {
    // The object may name another type, and a browser must not take it for a page.
    'content-type': 'video/mp4',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'no-store',
  });
  if (file.body === null) return void response.end();
  await pipeline(Readable.from(file.body), response).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
}

/** The signature covers these headers, and S3 gets no other one. */
function signedOf({ headers }: IncomingMessage): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name === 'content-type' || name.startsWith('x-amz-'));
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}
