import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import S3rver, { type Middleware } from '@20minutes/s3rver';
import { createCredentials, type RunCredentials } from '../aws/credentials.ts';
import { createSignatureVerifier } from '../aws/signature.ts';
import { type Listening, listen, type Route } from '../loopback-server.ts';
import type { RequestRejection } from '../request-guard.ts';
import type { BucketCorsRule } from '../template/cors.ts';
import { checkChecksum } from './checksums.ts';
import { conditionalWrites } from './conditional-writes.ts';
import { withCorsRules } from './cross-origin.ts';
import { multipartUploads } from './multipart-uploads.ts';
import { keepObjectsAsFiles } from './object-file-store.ts';
import { DamagedObject } from './object-links.ts';
import { requireObjectRequest } from './object-request.ts';
import { answerAsS3, checkPayload } from './object-responses.ts';
import { S3Error, toXml } from './s3-error.ts';

interface StoreOptions {
  readonly folder: string;
  readonly buckets: readonly string[];
  readonly credentials: RunCredentials;
  /** @default no page of another origin may do anything */
  readonly corsRules?: readonly BucketCorsRule[];
}

/** An object store over a folder, with S3's protocol. */
export interface ObjectApi {
  /** Serves only requests that the credentials of this run have signed, and preflights. */
  readonly route: Route;
  close(): void;
}

/** s3rver without its listener, and without its own signature check, which admits unsigned requests. */
export async function createObjectApi(options: StoreOptions): Promise<ObjectApi> {
  const { folder, buckets, credentials, corsRules = [] } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const server = new S3rver({
    silent: true,
    directory: folder,
    vhostBuckets: false,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  // Its logger reports requests that end after the server was closed, for example after Ctrl-C during a copy.
  server.logger.silent = true;
  keepObjectsAsFiles(server, folder, buckets);
  const own = [proven, checkPayload, checkChecksum, multipartUploads(folder), conditionalWrites()];
  server.middleware.unshift(answerAsS3(reportError));
  server.middleware.splice(-1, 0, ...own);
  await server.configureBuckets();
  const toS3rver = server.callback();
  const { verify } = createSignatureVerifier(credentials);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      requireObjectRequest(request, buckets);
      const fault = await verify(request, ['s3']);
      if (fault !== undefined) throw new S3Error(403, fault.code, fault.message);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return sendFault(request, response, error);
    }
    await toS3rver(withoutSignature(request), response);
  }

  return {
    route: withCorsRules(serve, corsRules, sendFault),
    close() {
      server.logger.exceptions.unhandle();
      server.logger.close();
    },
  };
}

/** Answers a rejected request in S3's form. */
export function rejectAsS3(
  request: IncomingMessage,
  response: ServerResponse,
  rejection: RequestRejection,
): void {
  const { status, detail, location } = rejection;
  if (location !== undefined) response.setHeader('location', location);
  const code = status === 403 ? 'AccessDenied' : 'InvalidRequest';
  sendFault(request, response, new S3Error(status, code, detail));
}

/** An object store at an origin of its own. */
export interface ObjectStore extends Listening {
  readonly credentials: RunCredentials;
}

/** @param credentials @default new ones */
export async function startObjectStore({
  credentials = createCredentials(),
  ...options
}: Omit<StoreOptions, 'credentials'> & Partial<StoreOptions>): Promise<ObjectStore> {
  const objects = await createObjectApi({ ...options, credentials });
  const server = await listen(createServer(), objects.route, 0, { reject: rejectAsS3 });
  return {
    url: server.url,
    credentials,
    async stop() {
      await server.stop();
      objects.close();
    },
  };
}

/** The SDK repeats a request for a damaged object, so one line without a stack is enough. */
function reportError(error: unknown): void {
  console.error(error instanceof DamagedObject ? error.message : error);
}

function sendFault({ method }: IncomingMessage, response: ServerResponse, fault: S3Error): void {
  response.writeHead(fault.status, {
    'content-type': 'application/xml',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : toXml(fault));
}

const SIGNATURE_PARAMETERS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];

/** s3rver would verify the signature against its own credentials. */
function withoutSignature(request: IncomingMessage): IncomingMessage {
  const { pathname, searchParams } = new URL(`http://127.0.0.1${request.url}`);
  for (const name of [...SIGNATURE_PARAMETERS, 'Content-Sha256']) searchParams.delete(`X-Amz-${name}`);
  request.url = searchParams.size === 0 ? pathname : `${pathname}?${searchParams}`;
  delete request.headers.authorization;
  return request;
}

/** Marks a request for s3rver: signed by an account, and for S3 instead of a website. */
const proven: Middleware = (context, next) => {
  Object.assign(context.state, { account: {}, service: 's3' });
  return next();
};
