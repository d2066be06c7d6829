/** What a server says of the file that it serves, so that the rest of it can be asked for when the connection breaks. */
export interface ServedFile {
  /** Absent where the server does not say. */
  readonly totalBytes?: number;
  /** What tells this file from another under the same address; absent where nothing does for certain. */
  readonly validator?: string;
  /** Whether the end of an answer can be told from its breaking off. */
  readonly isMeasured: boolean;
  /** As what it came, for people. */
  readonly kind?: string;
}

/** Header fields as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Of an answer with the whole file. */
export function toServedFile(headers: Headers): ServedFile {
  const totalBytes = toLength(headers['content-length']);
  const validator = toValidator(headers);
  const kind = toKind(headers);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(validator === undefined ? {} : { validator }),
    isMeasured: totalBytes !== undefined || isChunked(headers['transfer-encoding']),
  };
}

/**
 * What may stand in `If-Range`: an entity tag unless it is weak, or else the date of a change that lay at least a second
 * before the answer (RFC 9110, 13.1.5 and 8.8.2.2). A server that says it has no ranges is not asked for any.
 */
function toValidator({ etag, date, ...headers }: Headers): string | undefined {
  if (headers['accept-ranges'] === 'none') return undefined;
  if (typeof etag === 'string') return isStrongTag(etag) ? etag : undefined;
  const changed = headers['last-modified'];
  if (typeof changed !== 'string' || typeof date !== 'string') return undefined;
  return Date.parse(date) - Date.parse(changed) >= 1000 ? changed : undefined;
}

/**
 * The file with its length, if the answer to a request for its rest gives exactly that: from byte `first` to the end, of
 * the same file; otherwise why it does not.
 */
export function toRest(
  file: ServedFile,
  first: number,
  headers: Headers,
): { readonly file: ServedFile } | { readonly why: string } {
  const given = headers['content-range'];
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(typeof given === 'string' ? given : '');
  const [start, end, totalBytes] = (range ?? []).slice(1).map(Number);
  if (totalBytes === undefined) return { why: 'its rest came without saying which bytes of how many' };
  if (start !== first || end !== totalBytes - 1)
    return {
      why: `bytes ${start} to ${end} of ${totalBytes} came where its rest from ${first} was asked for`,
    };
  if (file.totalBytes !== undefined && file.totalBytes !== totalBytes)
    return { why: `it had ${file.totalBytes} bytes, and now has ${totalBytes}` };
  const { validator = '' } = file;
  const now = isStrongTag(validator) ? headers.etag : headers['last-modified'];
  if (now !== undefined && now !== validator) return { why: 'it is another file than before' };
  return { file: { ...file, totalBytes, isMeasured: true } };
}

/** A weak one begins with W/; any other would not be a tag at all. */
function isStrongTag(tag: string): boolean {
  return tag.startsWith('"');
}

/** With any other coding, the end of the connection is the end (RFC 9112, 6.3). */
function isChunked(coding: Headers[string]): boolean {
  return typeof coding === 'string' && /(^|,)\s*chunked\s*$/i.test(coding);
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
