import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Deployment } from '../deployment.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { refuseUnknownFeatures } from './known-features.ts';
import { type Run, startRun } from './run.ts';
import { createTaskTokens, type TaskTokens } from './task-tokens.ts';

/** One execution as Step Functions describes it; `input` and `output` are JSON text. */
export interface LocalExecution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startDate: Date;
  readonly events: readonly HistoryEvent[];
  readonly status: ExecutionStatus;
  readonly stopDate?: Date;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
}

export interface Engine {
  readonly stateMachineArn: string;
  readonly executions: ReadonlyMap<string, LocalExecution>;
  start(name: string, input: string): LocalExecution;
  stop(name: string, reason: { readonly error?: string; readonly cause?: string }): void;
  /** Lets an execution that did not succeed go on from the state in which it ended. */
  redrive(name: string): void;
  readonly tokens: TaskTokens;
  /** Ends whatever is still running, as if nobody had ever asked for it. */
  stopAll(): void;
}

export interface EngineOptions {
  readonly stateMachine: Deployment['stateMachine'];
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** How long each `Wait` and each pause of a `Retry` takes, in milliseconds. @default as long as the definition says */
  readonly pauseMs?: number;
  /** The same for each wait that can be ended before its time. @default `pauseMs` */
  readonly waitMs?: number | (() => number);
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
}

/** Runs the synthesized definition on aws-local-stepfunctions, and keeps what AWS would keep of each execution. */
export function createEngine(options: EngineOptions): Engine {
  const { arn, definition } = options.stateMachine;
  refuseUnknownFeatures(definition as unknown as Readonly<Record<string, unknown>>);
  refuseInvalid(definition);
  const tokens = createTaskTokens();
  const executions = new Map<string, LocalExecution>();
  const runs = new Map<string, Run>();

  return {
    stateMachineArn: arn,
    executions,
    tokens,
    start(name, input) {
      const run = startRun({ name, input, tokens }, options);
      executions.set(name, run.execution);
      runs.set(name, run);
      return run.execution;
    },
    stop(name, reason) {
      runs.get(name)?.stop(reason);
    },
    redrive(name) {
      runs.get(name)?.redrive();
    },
    stopAll() {
      for (const run of runs.values()) run.stop({});
    },
  };
}

function refuseInvalid(definition: StateMachineDefinition): void {
  // The engine's validator writes into what it is given.
  new StateMachine(structuredClone(definition), { validationOptions: { checkArn: false } });
}
