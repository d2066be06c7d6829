import { type Coding, toCoding } from '../content-coding.ts';

/** What a server says about a file. It identifies the file when a broken download has to be resumed. */
export interface RemoteFile {
  /** The length, where `Content-Length` or `Content-Range` says it. */
  readonly totalBytes?: number;
  /** Identifies this file among others at its address: `ETag` or `Last-Modified`. Absent where neither does for certain. */
  readonly validator?: string;
  /** For a file without a `validator` but with a length: its weak tag or its date, or '' where it has neither. */
  readonly weakValidator?: string;
  /** Whether the end of the response differs from a broken connection. */
  readonly hasKnownEnd: boolean;
  /** The media type and the coding, for an error message. */
  readonly contentDescription?: string;
  /** The coding to decode, although the request allows none. @default none */
  readonly coding?: Coding;
}

/** Header fields as Node returns them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The status and the header fields of a response. */
export interface Head {
  readonly statusCode?: number;
  readonly headers: Headers;
}

/** The file in a response, complete or from its first byte on, or why the response is useless. */
export type Beginning = { readonly file: RemoteFile } | { readonly why: string };

/**
 * The file in the response to a request without `Range`. Every 2xx with content is accepted (RFC 9110, 15.3), also a 206 from the
 * first byte on. A 206 without `Content-Range` may be the whole file: its boxes show whether it is.
 */
export function toBeginning({ statusCode = 0, headers }: Head): Beginning {
  if (statusCode < 200 || statusCode > 299 || WITHOUT_CONTENT.includes(statusCode))
    return { why: `answered HTTP ${statusCode}` };
  if (statusCode !== PARTIAL || isWithoutRange(headers)) return { file: toRemoteFile(headers) };
  const range = toRange(headers);
  if (range === undefined) return { why: 'answered HTTP 206 without a usable Content-Range' };
  if (range.first !== 0) return { why: `answered HTTP 206 with the bytes from ${range.first} on` };
  const {
    hasKnownEnd,
    totalBytes: _ofThePart,
    weakValidator: _forThatLength,
    ...file
  } = toRemoteFile(headers);
  if (file.coding !== undefined) return { why: `answered HTTP 206 in ${file.coding}` };
  if (range.totalBytes === undefined) return { file: { ...file, hasKnownEnd: false } };
  const { totalBytes } = range;
  return { file: { ...file, ...toValidators(headers, totalBytes), totalBytes, hasKnownEnd: true } };
}

const PARTIAL = 206;
const WITHOUT_CONTENT: readonly number[] = [204, 205];

/** A multipart response names its ranges between the parts. */
function isWithoutRange({ 'content-range': range, 'content-type': type }: Headers): boolean {
  return range === undefined && !(typeof type === 'string' && /^\s*multipart\//i.test(type));
}

/** The file in a response with the whole file. */
export function toRemoteFile(headers: Headers): RemoteFile {
  const contentDescription = toContentDescription(headers);
  const coding = codingOf(headers);
  const totalBytes = toLength(headers['content-length']);
  const hasKnownEnd = totalBytes !== undefined || isChunked(headers['transfer-encoding']);
  // Length and tag are those of the coded file, and no part of a coded file can be decoded alone.
  if (coding !== undefined) return { contentDescription, coding, hasKnownEnd };
  return { contentDescription, totalBytes, ...toValidators(headers, totalBytes), hasKnownEnd };
}

/** What identifies the file in a later request for its rest. A server without ranges is not asked for the rest. */
function toValidators(
  headers: Headers,
  totalBytes: number | undefined,
): Pick<RemoteFile, 'validator' | 'weakValidator'> {
  if (headers['accept-ranges'] === 'none') return {};
  const validator = toValidator(headers);
  if (validator !== undefined) return { validator };
  return totalBytes === undefined ? {} : { weakValidator: toWeakValidator(headers) };
}

function toWeakValidator({ etag, 'last-modified': changed }: Headers): string {
  return [etag, changed].find((value) => typeof value === 'string')?.toString() ?? '';
}

/** Whether a later response with the rest can be matched to this file. */
export function hasRest({ validator, weakValidator, totalBytes }: RemoteFile): boolean {
  return validator !== undefined || (weakValidator !== undefined && totalBytes !== undefined);
}

/**
 * A value for `If-Range`: a strong entity tag, or else the date of a change at least a second before the response (RFC 9110,
 * 13.1.5 and 8.8.2.2).
 */
function toValidator({ etag, date, ...headers }: Headers): string | undefined {
  if (typeof etag === 'string') return isStrongTag(etag) ? etag : undefined;
  const changed = headers['last-modified'];
  if (typeof changed !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(changed) >= 1000 ? changed : undefined;
}

/**
 * Checks the response to a request for the bytes from `first` on.
 * @returns the file with its length, or why the response is not the rest of this file
 */
export function validateRangeResponse(file: RemoteFile, first: number, headers: Headers): Beginning {
  const range = toRange(headers);
  if (range?.totalBytes === undefined)
    return { why: 'its server sent the rest without a usable Content-Range' };
  const { first: start, last, totalBytes } = range;
  if (start !== first || last >= totalBytes)
    return {
      why: `its server sent the bytes ${start} to ${last} of ${totalBytes}, although the rest from ${first} was requested`,
    };
  if (file.totalBytes !== undefined && file.totalBytes !== totalBytes)
    return { why: `it had ${file.totalBytes} bytes, and now has ${totalBytes}` };
  const coding = codingOf(headers);
  if (coding !== undefined) return { why: `its server sent the rest in ${coding}` };
  if (isOther(file, headers)) return { why: 'it is another file than before' };
  return { file: { ...file, totalBytes, hasKnownEnd: true } };
}

/** The server has compared a strong validator itself, so it may omit it. A weak one has not been compared. */
function isOther({ validator, weakValidator = '' }: RemoteFile, headers: Headers): boolean {
  if (validator === undefined) return weakValidator !== '' && weakValidator !== toWeakValidator(headers);
  const now = isStrongTag(validator) ? headers.etag : headers['last-modified'];
  return now !== undefined && now !== validator;
}

/** Is this response a page or a message instead of a video? */
export function isPage({ headers }: Head): boolean {
  const type = headers['content-type'];
  return headers['content-length'] === '0' || (typeof type === 'string' && PAGE_TYPE.test(type));
}

const PAGE_TYPE = /^\s*(text\/|application\/(\w[\w.-]*\+)?(json|xml)\b)/i;

interface Range {
  readonly first: number;
  readonly last: number;
  readonly totalBytes?: number;
}

function toRange({ 'content-range': given }: Headers): Range | undefined {
  const [, first, last, total] =
    /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(typeof given === 'string' ? given : '') ?? [];
  if (first === undefined || last === undefined) return undefined;
  const totalBytes = total === undefined || total === '*' ? undefined : Number(total);
  return { first: Number(first), last: Number(last), totalBytes };
}

/** A weak tag begins with W/. */
function isStrongTag(tag: string): boolean {
  return tag.startsWith('"');
}

/** With any other transfer coding, the end of the connection is the end of the file (RFC 9112, 6.3). */
function isChunked(coding: Headers[string]): boolean {
  return typeof coding === 'string' && /(^|,)\s*chunked\s*$/i.test(coding);
}

/** An unknown coding is ignored: some origins name a coding that they have not applied. */
function codingOf({ 'content-encoding': given }: Headers): Coding | undefined {
  return typeof given === 'string' ? toCoding(given) : undefined;
}

function toContentDescription({
  'content-type': type,
  'content-encoding': coding,
}: Headers): string | undefined {
  const words = [type, coding].map((word) =>
    typeof word === 'string' ? /^[\w.+/-]{1,60}/.exec(word)?.[0] : undefined,
  );
  return words.filter((word) => word !== undefined).join(' in ') || undefined;
}

function toLength(given: Headers[string]): number | undefined {
  return typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined;
}
