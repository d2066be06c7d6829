import { createHash, randomBytes } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Context, Middleware } from '@20minutes/s3rver';
import { TAGGING, toTags } from './object-tags.ts';
import { S3Error, toXml } from './s3-error.ts';

/**
 * An object must not act as a page of the service's origin, so no script runs. Chromium plays a video at its link only
 * with `allow-same-origin`.
 */
const HARMLESS = {
  'content-security-policy':
    "sandbox allow-same-origin; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
} as const;

/** Types that a browser shows or plays, and does not execute. */
const SHOWN_TYPE = /^(video\/mp4|image\/(jpeg|png|webp)|application\/json)$/;

/** Answers every error in S3's form, and turns an object of another type into a download. */
export function answerAsS3(onFault: (error: unknown) => void): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      answerFault(context, error, onFault);
    }
    const isObject = context.path.split('/').length > 2 && /^(GET|HEAD)$/.test(context.method);
    if (isObject && context.status < 300) labelObject(context);
    countTags(context);
    context.set({ ...HARMLESS, 'x-amz-request-id': randomBytes(8).toString('hex') });
  };
}

function answerFault(context: Context, thrown: unknown, onFault: (error: unknown) => void): void {
  const error = isTooLong(thrown) ? new S3Error(400, 'KeyTooLongError', 'The key is too long.') : thrown;
  const known = error instanceof Error && 'code' in error && 'status' in error && Number(error.status) < 500;
  if (!known && !context.req.errored) onFault(error);
  const { status, code, message } = known
    ? (error as S3Error)
    : new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
  context.status = status;
  context.type = 'application/xml';
  context.body = toXml({ code, message });
}

/** A segment of a key becomes a file name with an appended suffix. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG';
}

function labelObject(context: Context): void {
  const type = context.response.get('content-type').toLowerCase();
  if (SHOWN_TYPE.test(type)) return;
  context.set({ 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' });
}

/** S3 answers with the number of an object's tags instead of the tags. */
function countTags(context: Context): void {
  const tags = context.response.get(TAGGING);
  if (tags === '') return;
  context.response.remove(TAGGING);
  context.set({ 'x-amz-tagging-count': String(toTags(tags).length) });
}

/** Compares a body with the hash that its signature covers. A body that differs fails at its end, before it is stored. */
export const checkPayload: Middleware = async (context, next) => {
  const stated = context.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const hasBody = context.method === 'PUT' || context.method === 'POST';
  if (!hasBody || stated === 'UNSIGNED-PAYLOAD') return next();
  if (!/^[\da-f]{64}$/.test(String(stated)))
    throw new S3Error(
      501,
      'NotImplemented',
      'The local service does not support a body that is signed in chunks.',
    );
  context.req = pipeline(context.req, hashCheck(String(stated)), () => undefined);
  return next();
};

/** Its reader gets the error. So the callback of the pipeline ignores it. */
function hashCheck(stated: string): Transform & Pick<Readable, 'errored'> {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const isSame = hash.digest('hex') === stated;
      done(
        isSame
          ? null
          : new S3Error(400, 'XAmzContentSHA256Mismatch', 'The body does not have the signed hash.'),
      );
    },
  });
}
