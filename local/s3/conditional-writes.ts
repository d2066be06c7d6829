import { AsyncLocalStorage } from 'node:async_hooks';
import type { Middleware } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { ObjectHead } from './object-links.ts';

interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** The conditions of the current request. */
const requested = new AsyncLocalStorage<Conditions>();

/**
 * Adds conditional writes to s3rver, for puts and completed multipart uploads. `requireConditions` checks the condition in
 * the instant in which the object appears, so it holds against every other writer.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function conditionalWrites(): Middleware {
  const writing = new Set<string>();
  return async ({ method, path, headers, query }, next) => {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
    const isWrite = query.uploadId === undefined ? method === 'PUT' : method === 'POST';
    if (!isWrite || (ifMatch === undefined && ifNoneMatch === undefined)) return next();
    if (writing.has(path)) throw conflict();
    writing.add(path);
    try {
      await requested.run({ ifMatch, ifNoneMatch }, next);
    } finally {
      writing.delete(path);
    }
  };
}

/** @throws S3Error where the current object does not meet the conditions of the request */
export function requireConditions(current: Pick<ObjectHead, 'etag'> | undefined): void {
  const { ifMatch, ifNoneMatch } = requested.getStore() ?? {};
  if (ifNoneMatch !== undefined && current !== undefined) throw preconditionFailed();
  if (ifMatch === undefined) return;
  if (current === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  if (ifMatch !== '*' && unquoted(ifMatch) !== unquoted(current.etag)) throw preconditionFailed();
}

const unquoted = (etag: string): string => etag.replaceAll('"', '');

function preconditionFailed(): S3Error {
  const message = 'At least one of the pre-conditions you specified did not hold.';
  return new S3Error('PreconditionFailed', message);
}

/** s3rver has no status for this code. */
function conflict(): S3Error {
  const error = new S3Error('ConditionalRequestConflict', 'Another request is changing this object.');
  return Object.assign(error, { status: 409 });
}
