import { gunzipSync, inflateSync } from 'node:zlib';

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/**
 * Decompresses the body of a request. API Gateway decompresses gzip and deflate before it invokes a function:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
 * A body with another coding, or with none, stays unchanged.
 * @returns undefined for a result of more than `maxBytes`
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
