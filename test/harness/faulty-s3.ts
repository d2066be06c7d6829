import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';

/**
 * How one request fares. `lost`: it is done and its answer never arrives. `late`: it is done behind the next request and never
 * answered. `half`: the answer is the first half of the object. A number is answered with that HTTP status, and nothing is done.
 */
export type S3Fault = 'fine' | 'lost' | 'late' | 'half' | 403 | 404 | 409 | 412 | 500;

const CODES: Readonly<Record<number, string>> = {
  403: 'AccessDenied',
  404: 'NoSuchKey',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
  500: 'InternalError',
};

/** S3 with conditional writes, and a fault for each of the first requests. */
export interface FaultyS3 {
  readonly client: S3Client;
  /** The text of each object, by its key. */
  readonly objects: Map<string, string>;
  /** The next requests fare like this; what comes behind them is fine. */
  plan(...faults: readonly S3Fault[]): void;
  /** Method and key of every request. */
  readonly requests: string[];
}

export async function startFaultyS3(): Promise<FaultyS3> {
  const objects = new Map<string, string>();
  const requests: string[] = [];
  let faults: S3Fault[] = [];
  let late: (() => void) | undefined;

  const tagOf = (key: string): string | undefined => {
    const text = objects.get(key);
    return text === undefined ? undefined : `"${createHash('md5').update(text).digest('hex')}"`;
  };

  function put(key: string, text: string, { headers }: IncomingMessage): number {
    const tag = tagOf(key);
    const { 'if-match': wanted, 'if-none-match': absent } = headers;
    if (wanted !== undefined && tag === undefined) return 404;
    if (wanted !== undefined ? wanted !== tag : absent !== undefined && tag !== undefined) return 412;
    objects.set(key, text);
    return 200;
  }

  function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const key = decodeURIComponent(new URL(`http://s3${request.url}`).pathname.split('/').slice(2).join('/'));
    requests.push(`${request.method} ${key}`);
    const fault = faults.shift() ?? 'fine';
    const isDone = request.method === 'PUT' && (fault === 'fine' || fault === 'lost');
    const status = isDone ? put(key, text, request) : 200;
    late?.();
    late = fault === 'late' && request.method === 'PUT' ? () => void put(key, text, request) : undefined;
    if (fault === 'lost' || fault === 'late') request.socket.destroy();
    else
      reply(response, { key, status: typeof fault === 'number' ? fault : status, isHalf: fault === 'half' });
  }

  function reply(response: ServerResponse, { key, status, isHalf }: Reply): void {
    const text = objects.get(key);
    if (status !== 200 || text === undefined) refuse(response, status === 200 ? 404 : status);
    else response.writeHead(200, { etag: tagOf(key) }).end(text.slice(0, text.length / (isHalf ? 2 : 1)));
  }

  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => answer(request, response, text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return {
    client,
    objects,
    requests,
    plan(...next) {
      faults = [...next];
    },
  };
}

interface Reply {
  readonly key: string;
  readonly status: number;
  readonly isHalf: boolean;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${CODES[status]}</Code><Message>simulated</Message></Error>`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
