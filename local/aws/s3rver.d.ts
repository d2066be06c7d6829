/** The little of s3rver's surface that is used here; the package brings no types. */
declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, Server } from 'node:http';

  interface Options {
    readonly address: string;
    readonly port: number;
    readonly silent: boolean;
    readonly directory: string;
    readonly vhostBuckets: boolean;
    readonly configureBuckets: readonly { readonly name: string }[];
  }

  interface Context {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly query: Readonly<Record<string, string | undefined>>;
    status: number;
    /** An object is answered as XML. */
    body: object;
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
    readonly httpServer: Server;
    readonly logger: { silent: boolean };
    readonly store: Store;
    /** The last one routes. */
    readonly middleware: Middleware[];
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
}
