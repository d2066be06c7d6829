import { type Coding, toCoding } from '../content-coding.ts';

/** What a server says of the file that it serves, so that the rest of it can be asked for when the connection breaks. */
export interface RemoteFile {
  /** Absent where the server does not say. */
  readonly totalBytes?: number;
  /** What tells this file from another under the same address; absent where nothing does for certain. */
  readonly validator?: string;
  /** In its place, where only the length is known: the weak tag or the date of the file, or '' where it has neither. */
  readonly weakValidator?: string;
  /** Whether the end of an answer can be told from its breaking off. */
  readonly hasKnownEnd: boolean;
  /** As what it came, for people. */
  readonly kind?: string;
  /** The coding that has to be undone, although none was asked for. @default none */
  readonly coding?: Coding;
}

/** Header fields as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A status line with the header fields behind it. */
export interface Head {
  readonly statusCode?: number;
  readonly headers: Headers;
}

/** The file of which an answer gives the whole, or the beginning; otherwise why it gives nothing of use. */
export type Beginning = { readonly file: RemoteFile } | { readonly why: string };

/**
 * What an answer gives to whoever has asked for the whole file. Every 2xx with content will do (RFC 9110, 15.3), also a 206
 * that nobody has asked for, unless it says that it begins behind the first byte. One that says nothing of its range may be
 * the whole file: its boxes show whether it is.
 */
export function toBeginning({ statusCode = 0, headers }: Head): Beginning {
  if (statusCode < 200 || statusCode > 299 || WITHOUT_CONTENT.includes(statusCode))
    return { why: `answered HTTP ${statusCode}` };
  if (statusCode !== PARTIAL || isWithoutRange(headers)) return { file: toRemoteFile(headers) };
  const range = toRange(headers);
  if (range === undefined) return { why: 'answered HTTP 206 without saying which bytes of how many' };
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

/** The ranges of an answer with several parts stand between the parts. */
function isWithoutRange({ 'content-range': range, 'content-type': type }: Headers): boolean {
  return range === undefined && !(typeof type === 'string' && /^\s*multipart\//i.test(type));
}

/** Of an answer with the whole file. */
export function toRemoteFile(headers: Headers): RemoteFile {
  const kind = toKind(headers);
  const coding = codingOf(headers);
  const named = kind === undefined ? {} : { kind };
  const totalBytes = toLength(headers['content-length']);
  const hasKnownEnd = totalBytes !== undefined || isChunked(headers['transfer-encoding']);
  // The length and the tag are those of the coded file, and no part of a coded file can be decoded by itself.
  if (coding !== undefined) return { ...named, coding, hasKnownEnd };
  return {
    ...named,
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...toValidators(headers, totalBytes),
    hasKnownEnd,
  };
}

/** What the rest of a file is recognized by. A server that says it has no ranges is not asked for any. */
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

/** Whether anything tells that the rest which a server gives is that of this file. */
export function hasRest({ validator, weakValidator, totalBytes }: RemoteFile): boolean {
  return validator !== undefined || (weakValidator !== undefined && totalBytes !== undefined);
}

/**
 * What may stand in `If-Range`: an entity tag unless it is weak, or else the date of a change that lay at least a second
 * before the answer (RFC 9110, 13.1.5 and 8.8.2.2).
 */
function toValidator({ etag, date, ...headers }: Headers): string | undefined {
  if (typeof etag === 'string') return isStrongTag(etag) ? etag : undefined;
  const changed = headers['last-modified'];
  if (typeof changed !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(changed) >= 1000 ? changed : undefined;
}

/**
 * The file with its length, if the answer to a request for its rest gives that, or the beginning of it: the bytes from
 * `first` on, of the same file; otherwise why it does not.
 */
export function validateRangeResponse(file: RemoteFile, first: number, headers: Headers): Beginning {
  const range = toRange(headers);
  if (range?.totalBytes === undefined) return { why: 'its rest came without saying which bytes of how many' };
  const { first: start, last, totalBytes } = range;
  if (start !== first || last >= totalBytes)
    return {
      why: `bytes ${start} to ${last} of ${totalBytes} came where its rest from ${first} was asked for`,
    };
  if (file.totalBytes !== undefined && file.totalBytes !== totalBytes)
    return { why: `it had ${file.totalBytes} bytes, and now has ${totalBytes}` };
  const coding = codingOf(headers);
  if (coding !== undefined) return { why: `its rest came in ${coding}` };
  if (isOther(file, headers)) return { why: 'it is another file than before' };
  return { file: { ...file, totalBytes, hasKnownEnd: true } };
}

/** A server has seen to it that a validator fits, so that it need not repeat it. Nobody has compared a weak one. */
function isOther({ validator, weakValidator = '' }: RemoteFile, headers: Headers): boolean {
  if (validator === undefined) return weakValidator !== '' && weakValidator !== toWeakValidator(headers);
  const now = isStrongTag(validator) ? headers.etag : headers['last-modified'];
  return now !== undefined && now !== validator;
}

/** Is this a page or a message that stands where a video was asked for? */
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
  return {
    first: Number(first),
    last: Number(last),
    ...(total === undefined || total === '*' ? {} : { totalBytes: Number(total) }),
  };
}

/** A weak one begins with W/; any other would not be a tag at all. */
function isStrongTag(tag: string): boolean {
  return tag.startsWith('"');
}

/** With any other coding, the end of the connection is the end (RFC 9112, 6.3). */
function isChunked(coding: Headers[string]): boolean {
  return typeof coding === 'string' && /(^|,)\s*chunked\s*$/i.test(coding);
}

/** One that is not known is left for the content itself to show: some origins name one that they have not applied. */
function codingOf({ 'content-encoding': given }: Headers): Coding | undefined {
  return typeof given === 'string' ? toCoding(given) : undefined;
}

function toKind({ 'content-type': type, 'content-encoding': coding }: Headers): string | undefined {
  const words = [type, coding].map((word) =>
    typeof word === 'string' ? /^[\w.+/-]{1,60}/.exec(word)?.[0] : undefined,
  );
  return words.filter((word) => word !== undefined).join(' in ') || undefined;
}

function toLength(given: Headers[string]): number | undefined {
  return typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined;
}
