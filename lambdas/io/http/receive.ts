import type { IncomingMessage } from 'node:http';
import { isTraceId, type Received } from '../../core/minimax/response.ts';
import { withoutCodings } from './content-coding.ts';

const MAX_ANSWER_BYTES = 1_000_000;

interface Callbacks {
  readonly onComplete: (received: Received) => void;
  readonly onError: (error: Error) => void;
}

/**
 * Reads an answer as it comes, so that an answer that breaks off is kept as far as it came. An error after a complete answer
 * changes nothing. @param url of the request
 * @returns a function that gives what has come so far
 */
export function receive(
  response: IncomingMessage,
  url: URL,
  { onComplete, onError }: Callbacks,
): () => Received {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const soFar = (): Received => ({
    httpStatus: response.statusCode ?? 0,
    text: textOf(Buffer.concat(chunks), response),
    traceId: traceIdOf(response),
    location: locationOf(response, url),
  });
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) onError(new Error(`it is longer than ${MAX_ANSWER_BYTES} bytes`));
    else chunks.push(chunk);
  });
  response.on('error', onError);
  response.once('end', () => {
    if (response.complete && bytes <= MAX_ANSWER_BYTES) onComplete(soFar());
  });
  return soFar;
}

/** Without its codings, and without a byte order mark, which a JSON parser may ignore: RFC 8259, 8.1. */
function textOf(bytes: Buffer, { headers }: IncomingMessage): string {
  try {
    const plain = withoutCodings(bytes, headers['content-encoding'], MAX_ANSWER_BYTES);
    return new TextDecoder().decode(plain);
  } catch {
    return '';
  }
}

/** Where a redirect points. It is not followed, because the request (with the key) is meant for one host only. */
function locationOf({ statusCode = 0, headers }: IncomingMessage, url: URL): string | undefined {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || location === undefined) return undefined;
  return URL.parse(location, url.href)?.href;
}

/** MiniMax's support asks for it. */
function traceIdOf({ headers }: IncomingMessage): string | undefined {
  const traceId = headers['trace-id'];
  return typeof traceId === 'string' && isTraceId(traceId) ? traceId : undefined;
}
