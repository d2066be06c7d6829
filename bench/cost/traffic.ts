import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { TableCall } from '../../local/dynamodb/consumed-units.ts';
import type { LocalService } from '../../local/local-service.ts';

/** How often each peer was called since the last count. */
export interface Traffic {
  readonly s3Writes: number;
  readonly s3Reads: number;
  readonly apiRequests: number;
  readonly stepFunctionsCalls: number;
  readonly minimaxCalls: number;
  readonly events: number;
}

const NONE: Traffic = {
  s3Writes: 0,
  s3Reads: 0,
  apiRequests: 0,
  stepFunctionsCalls: 0,
  minimaxCalls: 0,
  events: 0,
};

/** S3 does not charge for DELETE. */
const S3_KINDS: Readonly<Record<string, keyof Traffic>> = {
  GET: 's3Reads',
  HEAD: 's3Reads',
  PUT: 's3Writes',
  POST: 's3Writes',
};

/** Counts the requests to the servers of this process. @returns a function that reads and resets the counts */
export function countTraffic({ url, deployment }: LocalService, minimaxUrl: string): () => Traffic {
  let traffic = NONE;
  const kindAt: Readonly<Record<string, (request: IncomingMessage) => keyof Traffic | undefined>> = {
    [url]: (request) => kindHere(request, deployment.buckets),
    [minimaxUrl]: (request) => (request.url?.startsWith('/v1/') ? 'minimaxCalls' : undefined),
  };
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    const kind = kindAt[`http://${request.headers.host}`]?.(request);
    if (kind !== undefined) traffic = { ...traffic, [kind]: traffic[kind] + 1 };
  });
  return () => {
    const counted = traffic;
    traffic = NONE;
    return counted;
  };
}

/** The service has all its protocols at one address. */
function kindHere(
  { method = '', headers, url = '' }: IncomingMessage,
  buckets: readonly string[],
): keyof Traffic | undefined {
  const target = headers['x-amz-target'];
  if (target !== undefined) return kindOfAwsCall(String(target));
  const isObject = buckets.some((bucket) => url.startsWith(`/${bucket}/`) || url.startsWith(`/${bucket}?`));
  return isObject ? S3_KINDS[method] : 'apiRequests';
}

function kindOfAwsCall(target: string): keyof Traffic | undefined {
  if (target.startsWith('AWSStepFunctions.')) return 'stepFunctionsCalls';
  return target === 'AWSEvents.PutEvents' ? 'events' : undefined;
}

/** Capacity units of DynamoDB, with those of the indexes. A conditional write consumes them also where it writes nothing. */
export interface TableUnits {
  readonly tableWriteUnits: number;
  readonly tableReadUnits: number;
}

const NO_UNITS: TableUnits = { tableWriteUnits: 0, tableReadUnits: 0 };
const READS: readonly string[] = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];

/** Adds up the units of the calls of DynamoDB. */
export interface TableUnitCounter {
  add(call: TableCall): void;
  /** Reads and resets the sums. */
  take(): TableUnits;
}

export function createTableUnitCounter(): TableUnitCounter {
  let sums = NO_UNITS;
  return {
    add({ operation, units }) {
      const kind = READS.includes(operation) ? 'tableReadUnits' : 'tableWriteUnits';
      sums = { ...sums, [kind]: sums[kind] + units };
    },
    take() {
      const taken = sums;
      sums = NO_UNITS;
      return taken;
    },
  };
}
