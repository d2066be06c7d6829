import { gunzipSync, inflateSync } from 'node:zlib';

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/**
 * The body of a request without its coding. API Gateway takes gzip and deflate off a body before a function sees it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
 * A body in another coding, or in none, stays as it is.
 * @returns undefined where more than `maxBytes` come out
 */
export function withoutCoding(
  body: Buffer,
  coding: string | undefined,
  maxBytes: number,
): Buffer | undefined {
  const decode = DECODERS.get(coding?.trim().toLowerCase() ?? '');
  try {
    return decode === undefined ? body : decode(body, { maxOutputLength: maxBytes });
  } catch (error) {
    return error instanceof RangeError ? undefined : body;
  }
}
