import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TableUnavailable } from './table-unavailable.ts';

/** A function that only names the error imports it from its own file, and does not bundle the SDK's client. */
export { TableUnavailable };

/** A healthy table answers within milliseconds. A function must not wait longer for an index. */
const CALL_MS = 5_000;
const CONNECTION_MS = 2_000;
const ATTEMPTS = 2;

export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** The table of this service, in which nothing is kept that could not be made again. */
export interface Table {
  readonly name: string;
  /** Calls the table, for a few seconds at most. @throws TableUnavailable */
  call<Result>(
    work: (client: DynamoDBDocumentClient, options: CallOptions) => Promise<Result>,
  ): Promise<Result>;
  /** As `call`, for a conditional write. @returns undefined where the condition does not hold */
  callIf<Result>(
    work: (client: DynamoDBDocumentClient, options: CallOptions) => Promise<Result>,
  ): Promise<Result | undefined>;
}

/** @param callMs how long a call may take. @default a few seconds */
export function createTable(name: string, client = createTableClient(), callMs = CALL_MS): Table {
  async function callIf<Result>(
    work: (client: DynamoDBDocumentClient, options: CallOptions) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work(client, { abortSignal: AbortSignal.timeout(callMs) });
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw unavailable(error);
    }
  }

  return {
    name,
    callIf,
    async call(work) {
      const result = await callIf(work);
      if (result === undefined) throw unavailable(new Error('A condition failed that was not asked for.'));
      return result;
    },
  };
}

/** @param config replaces the short limits of the functions */
export function createTableClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: CALL_MS },
    ...config,
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The name of an SDK error says more than its message, which may name the account. */
function unavailable(cause: unknown): TableUnavailable {
  const { name } = cause as Error;
  return new TableUnavailable(`The table could not be read or written (${name}).`, { cause });
}
