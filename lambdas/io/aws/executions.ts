import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  InvalidArn,
  InvalidToken,
  ListExecutionsCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { VideoRequest } from '../../core/api/request.ts';
import type { ListedVideo } from '../../core/api/response.ts';
import { type ExecutionStats, toExecutionStats } from '../../core/completion/history-stats.ts';
import type { ServiceFields } from '../../core/job/execution-input.ts';
import type { ExecutionKey } from '../../core/job/job-record.ts';
import type { Execution, Progress } from '../../core/video/execution.ts';
import { type ExecutionState, isOfOneHome, stateSaidBy } from './execution-state.ts';
import { fromJson, toProgress } from './history.ts';
import { startExecution } from './start-execution.ts';

/** Three rounds of waiting and checking, or nine tries of one step. */
const NEWEST_EVENTS = 30;
/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
const MAX_PAGE_EVENTS = 1000;

type ListedStatus = ListedVideo['status'];

const STATUS_FILTERS = {
  running: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'ABORTED',
  timed_out: 'TIMED_OUT',
} as const satisfies Readonly<Record<ListedStatus, ExecutionStatus>>;

export interface ListedExecution extends Pick<Execution, 'name' | 'startDate' | 'stopDate'> {
  readonly status: ListedStatus;
}

/** A part of the list of all executions, newest first. */
export interface Page {
  readonly executions: readonly ListedExecution[];
  /** Where the next part begins, for a day; absent at the end. */
  readonly nextToken?: string;
}

export interface PageRequest {
  readonly status?: ListedStatus;
  readonly limit: number;
  readonly nextToken?: string;
}

export interface Executions {
  /** Starts the execution of this name, which makes a repeated call harmless; see `startExecution`. */
  start(name: string, input: VideoRequest & ServiceFields): Promise<{ readonly startDate: Date } | undefined>;
  /** The execution of this name and where it has come to, in at most two calls; `undefined` when there is none. */
  find(name: string): Promise<Execution | undefined>;
  /** Whether Step Functions still knows an execution, of this or of another state machine. */
  stateOf(key: Pick<ExecutionKey, 'execution_arn' | 'created_at'>): Promise<ExecutionState>;
  /** The execution of this name as the list tells it now, in one call; `undefined` when there is none. */
  listed(name: string): Promise<ListedExecution | undefined>;
  /** Counts the whole history of an execution that is over, a thousand events a call. */
  tally(name: string, endedAt: Date): Promise<ExecutionStats>;
  /** Stops an execution; one that has ended stays as it is. */
  stop(name: string, cause: string): Promise<{ readonly stopDate: Date }>;
  /** @returns undefined for a `nextToken` that is not, or no longer, one of this list */
  list(page: PageRequest): Promise<Page | undefined>;
}

/** @param stateMachineArn as in `arn:aws:states:eu-west-1:123456789012:stateMachine:TemplateVideo` */
export function createExecutions(
  stateMachineArn: string,
  client = new SFNClient(),
  once = new SFNClient({ maxAttempts: 1 }),
): Executions {
  const arnPrefix = stateMachineArn.replace(':stateMachine:', ':execution:');
  const arnOf = (name: string): string => `${arnPrefix}:${name}`;

  async function progressOf(name: string): Promise<Progress> {
    const page = { executionArn: arnOf(name), reverseOrder: true, maxResults: NEWEST_EVENTS };
    const history = await client.send(new GetExecutionHistoryCommand(page)).catch(undefinedIfNotFound);
    return toProgress(history?.events ?? []);
  }

  return {
    start: (name, input) => startExecution(once, { stateMachineArn, name, input: JSON.stringify(input) }),

    async find(name) {
      const found = await client
        .send(new DescribeExecutionCommand({ executionArn: arnOf(name) }))
        .catch(undefinedIfNotFound);
      if (found === undefined) return undefined;
      return {
        arn: arnOf(name),
        name,
        status: found.status ?? 'RUNNING',
        startDate: found.startDate ?? new Date(0),
        redriveCount: found.redriveCount ?? 0,
        input: fromJson(found.input),
        ...(found.stopDate === undefined ? {} : { stopDate: found.stopDate }),
        ...(found.output === undefined ? {} : { output: fromJson(found.output) }),
        ...(found.error === undefined ? {} : { error: found.error }),
        ...(found.cause === undefined ? {} : { cause: found.cause }),
        ...(found.status === 'SUCCEEDED' ? {} : await progressOf(name)),
      };
    },

    async stateOf({ execution_arn: executionArn, created_at }) {
      try {
        const { startDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
        // The name may have been used again since.
        return startDate?.getTime() === Date.parse(created_at) ? 'known' : 'gone';
      } catch (error) {
        return stateSaidBy(error, isOfOneHome(executionArn, stateMachineArn));
      }
    },

    async listed(name) {
      const found = await client
        .send(new DescribeExecutionCommand({ executionArn: arnOf(name) }))
        .catch(undefinedIfNotFound);
      return found && toListed(found);
    },

    async tally(name, endedAt) {
      const pages = paginateGetExecutionHistory(
        { client, pageSize: MAX_PAGE_EVENTS },
        { executionArn: arnOf(name), includeExecutionData: false },
      );
      const events: HistoryEvent[] = [];
      for await (const page of pages) events.push(...(page.events ?? []));
      return toExecutionStats(events, endedAt);
    },

    async stop(name, cause) {
      const command = new StopExecutionCommand({ executionArn: arnOf(name), error: 'Cancelled', cause });
      const { stopDate } = await client.send(command);
      return { stopDate: stopDate ?? new Date() };
    },

    async list({ status, limit, nextToken }) {
      const command = new ListExecutionsCommand({
        stateMachineArn,
        maxResults: limit,
        ...(status === undefined ? {} : { statusFilter: STATUS_FILTERS[status] }),
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const listed = await client.send(command).catch((error: unknown) => {
        if (nextToken !== undefined && isAboutToken(error)) return undefined;
        throw error;
      });
      return (
        listed && {
          executions: (listed.executions ?? []).map(toListed),
          ...(listed.nextToken === undefined ? {} : { nextToken: listed.nextToken }),
        }
      );
    },
  };
}

function toListed({ name = '', status, startDate, stopDate }: Partial<ExecutionListItem>): ListedExecution {
  const listed = Object.entries(STATUS_FILTERS).find(([, filter]) => filter === status);
  return {
    name,
    status: (listed?.[0] ?? 'running') as ListedStatus,
    startDate: startDate ?? new Date(0),
    ...(stopDate === undefined ? {} : { stopDate }),
  };
}

function isAboutToken(error: unknown): boolean {
  return error instanceof InvalidToken || isInvalid(error);
}

/** What has just been started, or is forgotten in this moment, may be known to one call and not to another. */
function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn || isInvalid(error))
    return undefined;
  throw error;
}

/** Step Functions does not even look for it. */
function isInvalid(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
