import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TableStore } from '../dynamodb/table-store.ts';
import { type Listening, listen, type Route, readBounded } from '../loopback-server.ts';
import type { RequestRejection } from '../request-guard.ts';
import { AwsError } from './aws-error.ts';
import { createCredentials, type RunCredentials } from './credentials.ts';
import { createSignatureVerifier } from './signature.ts';

/** Operations by their `X-Amz-Target`. The SDK client has checked the shape of the input. Dates in the output become numbers. */
// biome-ignore lint/suspicious/noExplicitAny: each operation declares the shape of its own input
export type Operations = Readonly<Record<string, (input: any) => object>>;

/** More than a state input of 256 KiB, which is escaped inside the JSON of the request. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

interface JsonAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/**
 * Serves AWS JSON 1.0 and 1.1 to requests that the credentials of this run have signed:
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @param tables answer the requests for DynamoDB. @default no table
 */
export function createAwsJsonApi(
  operations: Operations,
  credentials: RunCredentials,
  tables?: Pick<TableStore, 'call'>,
): Route {
  const { verify } = createSignatureVerifier(credentials);

  async function readProven(request: IncomingMessage): Promise<Buffer> {
    const body = await readBounded(request, MAX_BODY_BYTES);
    if (body === undefined)
      throw new AwsError('RequestEntityTooLargeException', 'The body is too large.', 413);
    const fault = await verify(request, [serviceOf(readHead(request).target)], body);
    if (fault !== undefined)
      throw new AwsError(NOT_PROVEN[fault.code] ?? 'InvalidSignatureException', fault.message, 403);
    return body;
  }

  async function call(request: IncomingMessage): Promise<JsonAnswer> {
    const { target, contentType } = readHead(request);
    const body = await readProven(request);
    const isWellFormed = request.method === 'POST' && contentType === mediaTypeOf(target);
    if (isWellFormed && tables !== undefined && serviceOf(target) === 'dynamodb')
      return tables.call(target, body);
    const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
    if (operation === undefined || !isWellFormed)
      throw new AwsError(
        'UnknownOperationException',
        `The local service does not support ${target} as ${contentType}.`,
      );
    return { status: 200, body: JSON.stringify(toWire(operation(parse(body.toString('utf8'))))) };
  }

  return async (request, response) => {
    try {
      sendJson(request, response, await call(request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendJson(request, response, toAnswer(error.status, error.code, error.message));
    }
  };
}

function toAnswer(status: number, __type: string, message: string): JsonAnswer {
  return { status, body: JSON.stringify({ __type, message }) };
}

/** Serves the operations at an origin of their own. */
export async function startAwsEndpoint(
  operations: Operations,
  credentials = createCredentials(),
  tables?: Pick<TableStore, 'call'>,
): Promise<Listening & { readonly credentials: RunCredentials }> {
  const route = createAwsJsonApi(operations, credentials, tables);
  return { ...(await listen(createServer(), route, 0, { reject: rejectAsAwsJson })), credentials };
}

/** Answers a rejected request in AWS JSON. */
export function rejectAsAwsJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, detail, location }: RequestRejection,
): void {
  if (location !== undefined) response.setHeader('location', location);
  const __type = status === 403 ? 'AccessDeniedException' : 'ValidationException';
  sendJson(request, response, toAnswer(status, __type, detail));
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html */
const NOT_PROVEN: Readonly<Record<string, string>> = {
  AccessDenied: 'MissingAuthenticationTokenException',
  AuthorizationHeaderMalformed: 'IncompleteSignatureException',
  InvalidAccessKeyId: 'UnrecognizedClientException',
};

const DEFAULT_TYPE = 'application/x-amz-json-1.1';

function readHead({ headers }: IncomingMessage): { readonly target: string; readonly contentType: string } {
  return { target: String(headers['x-amz-target']), contentType: headers['content-type'] ?? DEFAULT_TYPE };
}

function sendJson(request: IncomingMessage, response: ServerResponse, { status, body }: JsonAnswer): void {
  const { contentType } = readHead(request);
  const type = /^application\/x-amz-json-1\.[01]$/.test(contentType) ? contentType : DEFAULT_TYPE;
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': crypto.randomUUID() });
  response.end(body);
}

/** The service for which a request has to be signed, by the prefix of its target. */
function serviceOf(target: string): string {
  return SERVICES[target.split('.')[0] ?? ''] ?? '';
}

const SERVICES: Readonly<Record<string, string>> = {
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
};

/** Of the services here, Step Functions and DynamoDB use the older version. */
function mediaTypeOf(target: string): string {
  return `application/x-amz-json-${['states', 'dynamodb'].includes(serviceOf(target)) ? '1.0' : '1.1'}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
}

/** Dates become seconds since the epoch. */
function toWire<T>(value: T): T {
  if (value instanceof Date) return (value.getTime() / 1000) as T;
  if (Array.isArray(value)) return value.map(toWire) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)])) as T;
}
