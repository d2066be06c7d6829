/** The little of s3rver's surface that is used here; the package brings no types. */
declare module '@20minutes/s3rver/lib/models/object.js' {
  import type { Readable } from 'node:stream';

  /** Keeps of its metadata the headers that S3 keeps. */
  export default class S3Object {
    static readonly ALLOWED_METADATA: string[];
    constructor(
      bucket: string,
      key: string,
      content: Readable | null,
      metadata: Readonly<Record<string, string>>,
    );
    readonly bucket: string;
    readonly key: string;
    readonly content: Buffer | Readable;
    readonly metadata: Readonly<Record<string, string>>;
    range?: { readonly start: number; readonly end: number };
  }
}

declare module '@20minutes/s3rver/lib/models/error.js' {
  /** An error that is answered in S3's form, with the HTTP status of its code. */
  export default class S3Error extends Error {
    constructor(code: string, message: string);
  }
}

declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
  import type { Readable } from 'node:stream';
  import type S3Object from '@20minutes/s3rver/lib/models/object.js';

  interface Options {
    readonly silent: boolean;
    readonly directory: string;
    readonly vhostBuckets: boolean;
    readonly configureBuckets: readonly { readonly name: string }[];
  }

  /** Of Koa: https://github.com/koajs/koa/blob/master/docs/api/context.md */
  export interface Context {
    /** What the body is read from. */
    req: Pick<IncomingMessage, 'errored'> & Readable;
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly query: Readonly<Record<string, string | undefined>>;
    /** `account` is set where the request is signed; `service` says whether it is for S3 or for a website. */
    readonly state: object;
    readonly response: { get(header: string): string; remove(header: string): void };
    status: number;
    type: string;
    /** An object is answered as XML. */
    body: object | string;
    set(headers: Readonly<Record<string, string>>): void;
  }

  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

  type Headers = Readonly<Record<string, string>>;
  type Written = Promise<{ readonly size: number; readonly md5: string }>;

  /** The part of s3rver's store that has to do with objects. */
  export interface Store {
    /** @throws Error `ENOENT` where there is no such object */
    getMetadata(bucket: string, key: string): Promise<Headers & { readonly etag: string }>;
    existsObject(bucket: string, key: string): Promise<boolean>;
    getObject(
      bucket: string,
      key: string,
      range?: { readonly start?: number; readonly end?: number },
    ): Promise<S3Object | null>;
    putObject(object: S3Object): Written;
    deleteObject(bucket: string, key: string): Promise<void>;
    /** The configuration of an object, or of a bucket where there is no key. */
    getSubresource(
      bucket: string,
      key: string | undefined,
      type: string,
    ): Promise<{ toXML(): string } | null>;
    initiateUpload(bucket: string, key: string, uploadId: string, headers: Headers): Promise<void>;
    putPart(bucket: string, uploadId: string, part: string, content: Buffer | Readable): Written;
    putObjectMultipart(
      bucket: string,
      uploadId: string,
      parts: readonly { readonly number: number; readonly etag: string }[],
    ): Written;
    listObjects(
      bucket: string,
      options: {
        readonly delimiter?: string;
        readonly startAfter?: string;
        readonly prefix?: string;
        readonly maxKeys?: number;
      },
    ): Promise<{
      readonly objects: readonly S3Object[];
      readonly commonPrefixes: readonly string[];
      readonly isTruncated: boolean;
    }>;
  }

  export default class S3rver {
    constructor(options: Options);
    readonly logger: { silent: boolean; readonly exceptions: { unhandle(): void }; close(): void };
    readonly store: Store;
    /** The last one routes. */
    readonly middleware: Middleware[];
    /** Makes the buckets that are not there. */
    configureBuckets(): Promise<unknown>;
    /** Answers requests of any server. */
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  }
}
