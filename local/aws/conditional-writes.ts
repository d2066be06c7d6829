import type { Middleware, Store } from '@20minutes/s3rver';

/**
 * What s3rver lacks of conditional writes: an object is put only if it still has the entity tag of `If-Match`, or with
 * `If-None-Match: *` only if it is not there. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function conditionalWrites(store: Store): Middleware {
  const writing = new Set<string>();
  return async (context, next) => {
    const { method, path, headers } = context;
    const { 'if-match': wanted, 'if-none-match': absent } = headers;
    if (method !== 'PUT' || (wanted === undefined && absent === undefined)) return next();
    const [, bucket = '', ...key] = path.split('/');
    const refuse = (status: number, Code: string, Message: string): void => {
      context.status = status;
      context.body = { Error: { Code, Message } };
    };
    if (writing.has(path))
      return refuse(409, 'ConditionalRequestConflict', 'Another request changes this object just now.');
    writing.add(path);
    try {
      const found = await store
        .getMetadata(bucket, key.map(decodeURIComponent).join('/'))
        .catch(noneIfAbsent);
      if (wanted === undefined ? found === undefined : found?.etag === wanted) return await next();
      refuse(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.');
    } finally {
      writing.delete(path);
    }
  };
}

function noneIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
