/** The little of s3rver's surface that is used here; the package brings no types. */
declare module '@20minutes/s3rver' {
  import type { Server } from 'node:http';

  interface Options {
    readonly address: string;
    readonly port: number;
    readonly silent: boolean;
    readonly directory: string;
    readonly vhostBuckets: boolean;
    readonly configureBuckets: readonly { readonly name: string }[];
  }

  export default class S3rver {
    constructor(options: Options);
    readonly httpServer: Server;
    readonly logger: { silent: boolean };
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
}
