import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { backoff, type Pause, retry } from '../timing.ts';
import { type Table, TableUnavailable } from './table.ts';

/** With pauses of half a second to half a minute: about a minute. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 500;

const THROTTLED: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
];

/** Of the SDK, where an answer takes too long. */
const UNANSWERED: readonly string[] = ['TimeoutError', 'AbortError'];

interface RetriedTableOptions {
  /** Ends a pause. */
  readonly signal: AbortSignal;
  /** Between two attempts. @default it doubles, from half a second on */
  readonly pause?: Pause;
}

/**
 * A table for work that may take long. A call that was throttled, or that got no answer, is made again with pauses. So a conditional
 * write may find its own result.
 */
export function retriedTable(
  table: Table,
  { signal, pause = backoff(FIRST_PAUSE_MS) }: RetriedTableOptions,
): Table {
  const again = <Result>(work: () => Promise<Result>): Promise<Result> =>
    retry(work, { isRetryable: isTemporary, attempts: ATTEMPTS, pause, signal });
  return {
    name: table.name,
    call: (work) => again(() => table.call(work)),
    callIf: (work) => again(() => table.callIf(work)),
  };
}

/** A rejected call, such as one without a grant, would be rejected again. */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof TableUnavailable)) return false;
  const { cause } = error;
  if (cause instanceof DynamoDBServiceException)
    return cause.$fault === 'server' || THROTTLED.includes(cause.name);
  return cause instanceof Error && (UNANSWERED.includes(cause.name) || 'errno' in cause);
}
