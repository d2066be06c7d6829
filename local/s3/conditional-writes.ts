import { AsyncLocalStorage } from 'node:async_hooks';
import type { Middleware } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error.js';
import type { ObjectHead } from './object-files.ts';

interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** The conditions of the request that is being answered. */
const asked = new AsyncLocalStorage<Conditions>();

/**
 * What s3rver lacks of conditional writes, for puts, copies and completed multipart uploads. The condition is checked in the
 * instant in which the object would appear (`requireConditions`), so it holds against every other writer.
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
      await asked.run({ ifMatch, ifNoneMatch }, next);
    } finally {
      writing.delete(path);
    }
  };
}

/** @throws S3Error where the object that is there now is not the one of the request's conditions */
export function requireConditions(current: Pick<ObjectHead, 'etag'> | undefined): void {
  const { ifMatch, ifNoneMatch } = asked.getStore() ?? {};
  if (ifNoneMatch !== undefined && current !== undefined) throw toFailedJob();
  if (ifMatch === undefined) return;
  if (current === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  if (ifMatch !== '*' && unquoted(ifMatch) !== unquoted(current.etag)) throw toFailedJob();
}

const unquoted = (etag: string): string => etag.replaceAll('"', '');

function toFailedJob(): S3Error {
  const message = 'At least one of the pre-conditions you specified did not hold.';
  return new S3Error('PreconditionFailed', message);
}

/** s3rver does not know the status of this one. */
function conflict(): S3Error {
  const error = new S3Error('ConditionalRequestConflict', 'Another request changes this object just now.');
  return Object.assign(error, { status: 409 });
}
