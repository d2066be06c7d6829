import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';

/** Takes as much as there is of a body that has broken off. */
const AS_FAR_AS_IT_GOES: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };

type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer;

const gzip: Decoder = (bytes, maxOutputLength) =>
  gunzipSync(bytes, { ...AS_FAR_AS_IT_GOES, maxOutputLength });

/** Some senders leave the wrapper of zlib out: RFC 9110, 8.4.1.2. */
const deflate: Decoder = (bytes, maxOutputLength) => {
  const options = { ...AS_FAR_AS_IT_GOES, maxOutputLength };
  const isWrapped = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return isWrapped ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
};

const brotli: Decoder = (bytes, maxOutputLength) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength });

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
]);

/** More codings than anybody lays over each other. */
const MOST_CODINGS = 3;

/**
 * A body without its content codings (RFC 9110, 8.4), as far as it has come. A body that is not in the coding that its header
 * names stays as it is: then it is in none, or nobody can read it.
 * @param coding the header field `Content-Encoding`
 * @throws RangeError where more than `maxBytes` come out
 */
export function withoutCodings(bytes: Buffer, coding: string | undefined, maxBytes: number): Buffer {
  const named = (coding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = named.filter((name) => name !== '' && name !== 'identity');
  if (bytes.length < 2 || codings.length > MOST_CODINGS) return bytes;
  // Nothing that is text begins with these two bytes, so that a gzip without its header is known as well.
  const layers = codings.length === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b ? ['gzip'] : codings;
  try {
    return layers.toReversed().reduce((body, name) => DECODERS.get(name)?.(body, maxBytes) ?? body, bytes);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return bytes;
  }
}
