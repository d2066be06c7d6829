import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Served } from './scenario.ts';

const LAST_MODIFIED = new Date(0).toUTCString();
const PAGE = Buffer.from('<html>This is not the video that you paid for.</html>');

/** Sends the video or a range of it, in the way that `served` describes. */
export function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  video: Buffer,
): void {
  const content = contentOf(served, video);
  const validator = validatorOf(served, content);
  const range = rangeOf(request, served, validator, content.length);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const { first, status, headers } = range;
  const body = content.subarray(first);
  if (served.content === 'gzip') response.setHeader('content-encoding', 'gzip');
  response.writeHead(status, {
    ...headers,
    ...validator,
    'content-type': served.content === 'a page' ? 'text/html' : 'video/mp4',
    ...framingOf(response, served, body.length),
  });
  send(response, body, served);
}

function contentOf({ content = 'the video' }: Served, video: Buffer): Buffer {
  switch (content) {
    case 'the video':
      return video;
    case 'another video':
      return anotherVideo(video);
    case 'a page':
      return PAGE;
    case 'nothing':
      return Buffer.alloc(0);
    case 'gzip':
      return gzipSync(video);
  }
}

/** A video of that length with another last byte. */
export function anotherVideo(video: Buffer): Buffer {
  return Buffer.concat([video.subarray(0, -1), Buffer.from([~(video.at(-1) ?? 0) & 0xff])]);
}

function validatorOf(
  { validator = 'strong tag' }: Served,
  content: Buffer,
): Readonly<Record<string, string>> {
  const tag = `"${createHash('sha1').update(content).digest('hex')}"`;
  const dated = { 'last-modified': LAST_MODIFIED };
  switch (validator) {
    case 'strong tag':
      return { etag: tag, ...dated };
    case 'weak tag':
      return { etag: `W/${tag}`, ...dated };
    case 'date':
      return dated;
    case 'none':
      return {};
  }
}

interface Range {
  /** The first byte that is sent. The headers may state another. */
  readonly first: number;
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
}

function rangeOf(
  { headers }: IncomingMessage,
  { ranges = 'given' }: Served,
  validator: Readonly<Record<string, string>>,
  length: number,
): Range | 'unsatisfiable' {
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '');
  const condition = headers['if-range']?.toString();
  const isSame =
    condition === undefined || (Object.values(validator).includes(condition) && !condition.startsWith('W/'));
  if (asked === null || !isSame || ranges === 'ignored')
    return { first: 0, status: 200, headers: ranges === 'ignored' ? {} : { 'accept-ranges': 'bytes' } };
  const first = Number(asked[1]);
  if (first >= length || ranges === 'unsatisfiable') return 'unsatisfiable';
  const label = (from: number, total: number): Range => ({
    first: from,
    status: 206,
    headers: { 'content-range': `bytes ${from}-${total - 1}/${total}` },
  });
  switch (ranges) {
    case 'given':
      return label(first, length);
    case 'from another byte':
      return label(first - 1, length);
    case 'of another length':
      return label(first, length + 1);
    case 'of other bytes':
      return { ...label(first, length), first: 0 };
    case 'unlabelled':
      return { first, status: 206, headers: {} };
  }
}

/** Without a length Node sends chunks, unless `useChunkedEncodingByDefault` is off. */
function framingOf(
  response: ServerResponse,
  { framing = 'length' }: Served,
  length: number,
): Readonly<Record<string, string>> {
  switch (framing) {
    case 'length':
      return { 'content-length': String(length) };
    case 'too long':
      return { 'content-length': String(length + 1) };
    case 'too short':
      return { 'content-length': String(length - 1) };
    case 'chunks':
      return {};
    case 'none':
      response.useChunkedEncodingByDefault = false;
      return { connection: 'close' };
  }
}

function send(response: ServerResponse, body: Buffer, { ends = 'whole', framing }: Served): void {
  response.flushHeaders();
  if (ends === 'whole' && framing !== 'too long') {
    response.end(body);
    return;
  }
  const part = ends === 'whole' ? body : body.subarray(0, body.length / 2);
  response.write(part, () => {
    if (ends !== 'silent half-way') response.socket?.end();
  });
}
