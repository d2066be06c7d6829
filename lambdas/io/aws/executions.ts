import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  InvalidArn,
  paginateGetExecutionHistory,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { VideoRequest } from '../../core/api/request.ts';
import { type ExecutionStats, toExecutionStats } from '../../core/completion/history-stats.ts';
import type { ServiceFields } from '../../core/job/execution-input.ts';
import type { ExecutionKey } from '../../core/job/job-record.ts';
import type { Execution, Progress } from '../../core/video/execution.ts';
import { isInvalid } from './errors.ts';
import { listRunning, type RunningExecution } from './execution-list.ts';
import { type ExecutionState, isOfOneHome, stateSaidBy } from './execution-state.ts';
import { fromJson, toProgress } from './history.ts';
import { startExecution } from './start-execution.ts';

/** Enough for three waits with their checks, or for nine attempts of one step. */
const NEWEST_EVENTS = 30;
/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
const MAX_PAGE_EVENTS = 1000;

export interface Executions {
  /** Starts the execution of this name. The name makes a repeated call harmless; see `startExecution`. */
  start(name: string, input: VideoRequest & ServiceFields): Promise<{ readonly startDate: Date } | undefined>;
  /** DescribeExecution and the newest events of GetExecutionHistory; `undefined` when there is no execution of this name. */
  find(name: string): Promise<Execution | undefined>;
  /** Whether Step Functions still knows an execution, of this or of another state machine. */
  stateOf(key: Pick<ExecutionKey, 'execution_arn' | 'created_at'>): Promise<ExecutionState>;
  /** Statistics of the whole history (GetExecutionHistory) of an execution that has ended, a thousand events a call. */
  stats(name: string, endedAt: Date): Promise<ExecutionStats>;
  /** Stops an execution. One that has ended does not change. */
  stop(name: string, cause: string): Promise<{ readonly stopDate: Date }>;
  /** Every execution that runs now. */
  running(): Promise<readonly RunningExecution[]>;
}

/**
 * @param stateMachineArn as in `arn:aws:states:eu-west-1:123456789012:stateMachine:TemplateVideo`
 * @param once sends a command once
 */
export function createExecutions(
  stateMachineArn: string,
  client = new SFNClient(),
  once = new SFNClient({ maxAttempts: 1 }),
): Executions {
  const arnPrefix = stateMachineArn.replace(':stateMachine:', ':execution:');
  const arnOf = (name: string): string => `${arnPrefix}:${name}`;

  return {
    start: (name, input) => startExecution(once, { stateMachineArn, name, input: JSON.stringify(input) }),

    async find(name) {
      const found = await describe(client, arnOf(name));
      if (found === undefined) return undefined;
      const progress = found.status === 'SUCCEEDED' ? {} : await progressOf(client, arnOf(name));
      return { ...toExecution(found, name, arnOf(name)), ...progress };
    },

    async stateOf({ execution_arn: executionArn, created_at }) {
      try {
        const { startDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
        // Another execution may have this name by now.
        return startDate?.getTime() === Date.parse(created_at) ? 'known' : 'gone';
      } catch (error) {
        return stateSaidBy(error, isOfOneHome(executionArn, stateMachineArn));
      }
    },

    async stats(name, endedAt) {
      return toExecutionStats(await eventsOf(client, arnOf(name)), endedAt);
    },

    async stop(name, cause) {
      const command = new StopExecutionCommand({ executionArn: arnOf(name), error: 'Cancelled', cause });
      const { stopDate = new Date() } = await client.send(command);
      return { stopDate };
    },

    running: () => listRunning(client, stateMachineArn),
  };
}

function describe(client: SFNClient, executionArn: string): Promise<DescribeExecutionOutput | undefined> {
  return client.send(new DescribeExecutionCommand({ executionArn })).catch(undefinedIfNotFound);
}

function toExecution(found: DescribeExecutionOutput, name: string, arn: string): Execution {
  const { status = 'RUNNING', startDate = new Date(0), stopDate, redriveCount = 0, error, cause } = found;
  const input = fromJson(found.input);
  const output = fromJson(found.output);
  return { arn, name, status, startDate, stopDate, redriveCount, input, output, error, cause };
}

async function progressOf(client: SFNClient, executionArn: string): Promise<Progress> {
  const page = { executionArn, reverseOrder: true, maxResults: NEWEST_EVENTS };
  const history = await client.send(new GetExecutionHistoryCommand(page)).catch(undefinedIfNotFound);
  return toProgress(history?.events ?? []);
}

async function eventsOf(client: SFNClient, executionArn: string): Promise<readonly HistoryEvent[]> {
  const pages = paginateGetExecutionHistory(
    { client, pageSize: MAX_PAGE_EVENTS },
    { executionArn, includeExecutionData: false },
  );
  const events: HistoryEvent[] = [];
  for await (const page of pages) events.push(...(page.events ?? []));
  return events;
}

/** An execution that has just started, or is just being forgotten, may be known to one call and unknown to another. */
function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn || isInvalid(error))
    return undefined;
  throw error;
}
