/** The little of s3rver's surface that is used here; the package brings no types. */
declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
  import type { Readable } from 'node:stream';

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
    readonly response: { get(header: string): string };
    status: number;
    type: string;
    /** An object is answered as XML. */
    body: object | string;
    set(headers: Readonly<Record<string, string>>): void;
  }

  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

  export interface Store {
    /** @throws Error `ENOENT` where there is no such object */
    getMetadata(bucket: string, key: string): Promise<{ readonly etag: string }>;
    /** Writes a file and gives its length and MD5. */
    putContent(path: string, content: unknown): Promise<readonly [number, string]>;
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
