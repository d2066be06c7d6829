import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidArn,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { VideoRequest } from '../core/request.ts';
import type { Execution } from '../core/video.ts';

/**
 * How many of the newest events to look through for the newest state that was entered: a few are mostly enough, and the
 * most that one call gives hold it even where a step has been repeated for hours.
 */
const NEWEST_EVENTS: readonly number[] = [10, 1000];

export interface Executions {
  /** Starts the execution of this name. The name makes a repeated call harmless. */
  start(name: string, request: VideoRequest): Promise<{ readonly startDate: Date }>;
  /** The execution of this name with the newest state it entered, or `undefined` when there is none. */
  find(name: string): Promise<Execution | undefined>;
}

/** @param stateMachineArn as in `arn:aws:states:eu-west-1:123456789012:stateMachine:TemplateVideo` */
export function createExecutions(stateMachineArn: string, client = new SFNClient()): Executions {
  const arnPrefix = stateMachineArn.replace(':stateMachine:', ':execution:');

  async function newestState(executionArn: string): Promise<Pick<Execution, 'stateName' | 'stateInput'>> {
    for (const maxResults of NEWEST_EVENTS) {
      const page = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults });
      const { events = [] } = await client.send(page);
      const entered = events.find((event) => event.stateEnteredEventDetails !== undefined);
      const { name, input } = entered?.stateEnteredEventDetails ?? {};
      if (name !== undefined) return { stateName: name, stateInput: fromJson(input) };
      if (events.length < maxResults) break;
    }
    return {};
  }

  return {
    async start(name, request) {
      const { startDate } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) }),
      );
      return { startDate: startDate ?? new Date() };
    },

    async find(name) {
      const executionArn = `${arnPrefix}:${name}`;
      const found = await client.send(new DescribeExecutionCommand({ executionArn })).catch(noneIfUnknown);
      if (found === undefined) return undefined;
      return {
        name,
        status: found.status ?? 'RUNNING',
        startDate: found.startDate ?? new Date(0),
        input: fromJson(found.input),
        ...(found.stopDate === undefined ? {} : { stopDate: found.stopDate }),
        ...(found.output === undefined ? {} : { output: fromJson(found.output) }),
        ...(found.error === undefined ? {} : { error: found.error }),
        ...(found.cause === undefined ? {} : { cause: found.cause }),
        ...(found.status === 'SUCCEEDED' ? {} : await newestState(executionArn)),
      };
    },
  };
}

function noneIfUnknown(error: unknown): undefined {
  if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn) return undefined;
  throw error;
}

function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
