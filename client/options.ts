/** AWS credentials as the providers of the AWS SDK give them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request will be repeated after a pause. Nothing in it is secret. */
export interface RetryNotice {
  /** The host that gave no usable answer. */
  readonly host: string;
  /** In a few words, such as `ECONNREFUSED` or `HTTP 503`. */
  readonly reason: string;
  /** The number of the attempt that follows the pause, from 2 on. */
  readonly attempt: number;
  /** The last attempt; undefined where the client continues until it is stopped. */
  readonly attempts: number | undefined;
  readonly pauseSeconds: number;
  readonly videoId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** How to reach a deployed service. */
export interface ClientOptions {
  /**
   * The stack's output `VideosUrl`, with or without `/videos` at its end: `https://…/prod/videos`. In a browser it may be relative, such
   * as `/videos`. Credentials and keys travel over https only, except to this machine.
   */
  readonly url: string;
  /** Signs each request (Signature Version 4, SigV4). Also a provider, which is asked before each attempt. @default no signature */
  readonly credentials?: AwsCredentials | (() => AwsCredentials | Promise<AwsCredentials>);
  /** The region to sign for. @default that in the host of API Gateway */
  readonly region?: string | undefined;
  /** For a deployment with `auth=key`. @default no key */
  readonly apiKey?: string | undefined;
  /**
   * Sends the requests to the service, for instance with a session of your own. An image is sent to S3 with the global `fetch`, so that
   * a header which is added here never reaches another host. @default the global `fetch`
   */
  readonly fetch?: typeof fetch;
  /** Ends every call of this client. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Called before each pause between two attempts. @default nothing is called */
  readonly onRetry?: (notice: RetryNotice) => void;
  /** How long one attempt may take, in milliseconds. An upload may take ten times as long. @default 60000 */
  readonly timeoutMs?: number;
  /** The first pause between two attempts, in milliseconds; each further one is twice as long, up to 30 s. @default 1000 */
  readonly firstPauseMs?: number;
}

/** Options of every call. */
export interface CallOptions {
  /** Ends the call at once. What was started continues. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a call that starts something. */
export interface StartOptions extends CallOptions {
  /**
   * 1 to 255 printable ASCII characters. A repeated key with an equal request gives the first video and starts nothing, also from
   * another process. @default a new random key, which the result names, and each error but that of an upload before the request
   */
  readonly idempotencyKey?: string | undefined;
}
