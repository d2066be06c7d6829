import {
  type ExecutionListItem,
  type ExecutionStatus,
  InvalidToken,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { ListedVideo } from '../../core/api/response.ts';
import type { Execution } from '../../core/video/execution.ts';
import { isInvalid } from './errors.ts';

type ListedStatus = ListedVideo['status'];

const STATUS_FILTERS: Readonly<Record<ListedStatus, ExecutionStatus>> = {
  running: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'ABORTED',
  timed_out: 'TIMED_OUT',
};

const LISTED_STATUSES: Readonly<Record<ExecutionStatus, ListedStatus>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  ABORTED: 'cancelled',
  TIMED_OUT: 'timed_out',
};

export interface ListedExecution extends Pick<Execution, 'name' | 'startDate' | 'stopDate'> {
  readonly status: ListedStatus;
}

/** One page of ListExecutions: all executions, newest first. */
export interface Page {
  readonly executions: readonly ListedExecution[];
  /** Where the next page begins, valid for 24 hours; absent at the end. */
  readonly nextToken?: string;
}

export interface PageRequest {
  readonly status?: ListedStatus;
  readonly limit: number;
  readonly nextToken?: string;
}

/** @returns undefined for a `nextToken` that is expired, or of another list */
export async function listExecutions(
  client: SFNClient,
  stateMachineArn: string,
  { status, limit, nextToken }: PageRequest,
): Promise<Page | undefined> {
  const statusFilter = status && STATUS_FILTERS[status];
  const command = new ListExecutionsCommand({ stateMachineArn, maxResults: limit, statusFilter, nextToken });
  const listed = await client.send(command).catch((error: unknown) => {
    if (nextToken !== undefined && isAboutToken(error)) return undefined;
    throw error;
  });
  return listed && { executions: (listed.executions ?? []).map(toListed), nextToken: listed.nextToken };
}

export function toListed({
  name = '',
  status = 'RUNNING',
  startDate = new Date(0),
  stopDate,
}: Partial<ExecutionListItem>): ListedExecution {
  // A status that AWS may add later is shown as running.
  return { name, status: LISTED_STATUSES[status] ?? 'running', startDate, stopDate };
}

function isAboutToken(error: unknown): boolean {
  return error instanceof InvalidToken || isInvalid(error);
}
