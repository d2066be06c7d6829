import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AwsClient } from 'aws4fetch';
import { listen, readBody } from '../../local/loopback-server.ts';
import type { RunningService } from './running-service.ts';

/** What DynamoDB answers where it rejects a call: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const REJECTIONS = {
  'is throttled': [400, 'ThrottlingException'],
  'is over its capacity': [400, 'ProvisionedThroughputExceededException'],
  'has an internal error': [500, 'InternalServerError'],
  'denies access': [400, 'AccessDeniedException'],
  'is missing': [400, 'ResourceNotFoundException'],
} as const;

export type TableFault =
  | keyof typeof REJECTIONS
  | 'closes connections'
  | 'never answers'
  | 'loses its answers';

/** Those that take no time. A function waits seconds for a table that never answers. */
export const QUICK_FAULTS: readonly TableFault[] = [
  ...(Object.keys(REJECTIONS) as (keyof typeof REJECTIONS)[]),
  'closes connections',
  'loses its answers',
];

/** DynamoDB between the functions and the table of a service. Each call meets the fault that is set then. */
export interface FaultyTable extends AsyncDisposable {
  /** For the functions' `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Passes calls on to the table of this service. */
  openTo(service: RunningService): void;
  /** @param next gives the fault of each call, or none */
  breakWith(next: () => TableFault | undefined): void;
  readonly faults: number;
}

export async function startFaultyTable(): Promise<FaultyTable> {
  let nextFault: () => TableFault | undefined = () => undefined;
  let faults = 0;
  let target: { readonly url: string; readonly client: AwsClient } | undefined;

  /** The signature contains the host, so the call is signed anew. */
  async function passOn({ headers }: IncomingMessage, body: string): Promise<Response> {
    if (target === undefined) throw new Error('The service has not started.');
    const names = ['content-type', 'x-amz-target'];
    const sent = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
    return target.client.fetch(target.url, { method: 'POST', headers: sent, body });
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const fault = nextFault();
    if (fault !== undefined) faults += 1;
    if (fault === 'never answers') return;
    if (fault === 'closes connections') return void request.socket.destroy();
    if (fault !== undefined && fault !== 'loses its answers') return reject(response, fault);
    const answer = await passOn(request, body);
    const text = await answer.text();
    if (fault !== undefined) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  }

  const { url, stop } = await listen(createServer(), route, 0);
  return {
    url,
    openTo({ service: { environment } }) {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
      const { AWS_REGION: region, AWS_ENDPOINT_URL_DYNAMODB: table } = environment;
      const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 'dynamodb', retries: 0 });
      target = { url: `${table}/`, client };
    },
    breakWith(next) {
      nextFault = next;
    },
    get faults() {
      return faults;
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

function reject(response: ServerResponse, fault: keyof typeof REJECTIONS): void {
  const [status, name] = REJECTIONS[fault];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'simulated' }));
}
