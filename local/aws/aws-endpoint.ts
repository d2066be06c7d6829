import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen, readBody } from '../listen.ts';
import { AwsFault } from './aws-fault.ts';

/**
 * Operations by their `X-Amz-Target`. The input is what the SDK sent, which knows the shapes; dates in the output are
 * written as AWS JSON writes them.
 */
// biome-ignore lint/suspicious/noExplicitAny: each operation names the shape of its own input
export type Operations = Readonly<Record<string, (input: any) => object>>;

/** Speaks AWS JSON 1.0 and 1.1, as https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html describes them. */
export async function startAwsEndpoint(operations: Operations): Promise<Listening> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target']);
    const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': contentType, 'x-amzn-requestid': crypto.randomUUID() });
      response.end(JSON.stringify(body));
    };
    try {
      const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
      if (operation === undefined || contentType !== mediaTypeOf(target))
        throw new AwsFault(
          'UnknownOperationException',
          `${target} has no local stand-in for ${contentType}.`,
        );
      reply(200, toWire(operation(parse(await readBody(request)))));
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      reply(400, { __type: error.code, message: error.message });
    }
  }
  return listen(createServer(), answer, 0);
}

/** Only Step Functions, of those that there are stand-ins for, speaks the older version. */
function mediaTypeOf(target: string): string {
  return `application/x-amz-json-${target.startsWith('AWSStepFunctions.') ? '1.0' : '1.1'}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsFault('SerializationException', 'The body is not JSON.');
  }
}

/** Dates become seconds since the epoch. */
function toWire<T>(value: T): T {
  if (value instanceof Date) return (value.getTime() / 1000) as T;
  if (Array.isArray(value)) return value.map(toWire) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)])) as T;
}
