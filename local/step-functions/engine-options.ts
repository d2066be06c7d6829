import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Deployment } from '../template/deployment.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { LocalExecution } from './local-execution.ts';

export interface EngineOptions {
  readonly stateMachine: Deployment['stateMachine'];
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** @default in memory */
  readonly store?: ExecutionStore;
  /** How long each `Wait` and each pause of a `Retry` takes, in milliseconds. @default as long as the definition says */
  readonly pauseMs?: number;
  /** How long a task waits for its token, in milliseconds. @default `pauseMs` */
  readonly waitMs?: number | (() => number);
  /**
   * The process ended while the function of this state ran. May the function have had an effect that must not happen twice?
   * @default it may
   */
  readonly mayHaveActed?: (executionName: string, stateName: string) => boolean;
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
}
