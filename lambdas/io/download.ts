import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { Readable } from 'node:stream';
import { isMp4Start, MAX_REDIRECTS, toDownloadUrl } from '../core/download-rule.ts';
import { Failure } from '../core/failure.ts';
import { createBoxWalk } from '../core/mp4-boxes.ts';
import { reasonOf } from './http-exchange.ts';

const HEAD_BYTES = 8;

export interface Download {
  /** The video's bytes; it breaks with a Failure: `VideoUnreachable` when it is short, `VideoRejected` when it is no MP4. */
  readonly content: Readable;
}

interface Source {
  readonly trustedOrigins: readonly string[];
  /** After how long without a byte it is given up. */
  readonly idleSeconds: number;
}

/**
 * Opens a finished video for reading, from its first byte.
 * @throws Failure `VideoUnreachable` for an error answer, `VideoRejected` for a link that is not allowed
 */
export async function openDownload(
  link: string,
  { trustedOrigins, idleSeconds }: Source,
  signal: AbortSignal,
): Promise<Download> {
  let url = toDownloadUrl(link, trustedOrigins);
  for (let redirects = 0; ; redirects += 1) {
    const response = await get(url, idleSeconds, signal);
    const status = response.statusCode ?? 0;
    if (status === 200) return { content: Readable.from(whole(response), { objectMode: false }) };
    response.destroy();
    const location = response.headers.location;
    if (status < 300 || status > 399 || location === undefined)
      throw unreachable(`the server of ${url.hostname} answered HTTP ${status}`);
    if (redirects === MAX_REDIRECTS) throw unreachable(`there were more than ${MAX_REDIRECTS} redirects`);
    url = toDownloadUrl(location, trustedOrigins, url);
  }
}

function get(url: URL, idleSeconds: number, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? httpsGet : httpGet;
  const request = send(url, { agent: false, signal, timeout: idleSeconds * 1000 });
  request.once('timeout', () => request.destroy(new Error(`no byte for ${idleSeconds} s`)));
  request.once('response', resolve);
  request.on('error', (error) => reject(unreachable(`${url.hostname}: ${reasonOf(error)}`)));
  return promise;
}

async function* whole(response: IncomingMessage): AsyncGenerator<Buffer> {
  const promised = response.headers['content-length'];
  // Chunks have an end of their own; an answer with neither ends like one that was cut off.
  const isMeasured = promised !== undefined || response.headers['transfer-encoding'] !== undefined;
  const boxes = createBoxWalk();
  let bytes = 0;
  let head = Buffer.alloc(0);
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    if (!isMeasured) boxes.push(chunk);
    if (head.length < HEAD_BYTES) {
      head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      if (head.length === HEAD_BYTES) refuseUnlessMp4(head);
    }
    yield chunk;
  }
  if (promised !== undefined && bytes !== Number(promised))
    throw unreachable(`${bytes} of ${promised} bytes came`);
  if (!isMeasured && !boxes.isComplete())
    throw unreachable(`it ended after ${bytes} bytes, in the middle of the video`);
  if (bytes < HEAD_BYTES) refuseUnlessMp4(head);
}

async function* chunksOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* response;
  } catch (error) {
    throw unreachable(`it broke off: ${reasonOf(error)}`);
  }
}

function refuseUnlessMp4(head: Buffer): void {
  if (!isMp4Start(head)) throw new Failure('VideoRejected', 'What was downloaded is not an MP4 file.');
}

function unreachable(why: string): Failure {
  return new Failure('VideoUnreachable', `The download failed: ${why}.`);
}
