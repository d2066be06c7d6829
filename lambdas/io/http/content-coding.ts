import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';
import { type Coding, isWrapped, toCoding } from '../../core/content-coding.ts';

/** Decodes what there is of a body that has broken off. */
const PARTIAL: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };

type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer;

const gzip: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { ...PARTIAL, maxOutputLength });

const deflate: Decoder = (bytes, maxOutputLength) => {
  const options = { ...PARTIAL, maxOutputLength };
  return isWrapped(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
};

const br: Decoder = (bytes, maxOutputLength) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength });

const DECODERS: Readonly<Record<Coding, Decoder>> = { gzip, deflate, br };

/** Limits the work that a hostile answer can cause. */
const MAX_CODINGS = 3;

/**
 * A body without its content codings (RFC 9110, 8.4), as far as it has come. A body that cannot be decoded stays as it is:
 * some servers name a coding that they have not applied.
 * @param coding the header field `Content-Encoding`
 * @throws RangeError where more than `maxBytes` come out
 */
export function withoutCodings(bytes: Buffer, coding: string | undefined, maxBytes: number): Buffer {
  const named = (coding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const codings = named.filter((name) => name !== '' && name !== 'identity');
  if (bytes.length < 2 || codings.length > MAX_CODINGS) return bytes;
  // No text begins with these two bytes, so they also tell a gzip body without its header field.
  const layers = codings.length === 0 && bytes[0] === 0x1f && bytes[1] === 0x8b ? ['gzip'] : codings;
  try {
    return layers.toReversed().reduce((body, name) => withoutOne(body, name, maxBytes), bytes);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return bytes;
  }
}

function withoutOne(body: Buffer, name: string, maxBytes: number): Buffer {
  const coding = toCoding(name);
  return coding === undefined ? body : DECODERS[coding](body, maxBytes);
}
