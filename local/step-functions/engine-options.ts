import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Deployment } from '../template/deployment.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { LocalExecution } from './local-execution.ts';

export interface EngineOptions {
  readonly stateMachine: Deployment['stateMachine'];
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** Where executions are kept. @default in memory */
  readonly store?: ExecutionStore;
  /** How long each `Wait` and each pause of a `Retry` takes, in milliseconds. @default as long as the definition says */
  readonly pauseMs?: number;
  /** The same for each wait that can be ended before its time. @default `pauseMs` */
  readonly waitMs?: number | (() => number);
  /**
   * May the function of this state, which was running when the process before ended, have done something that is not to be
   * done twice? @default it may
   */
  readonly mayHaveActed?: (executionName: string, stateName: string) => boolean;
  readonly onEvent?: (execution: LocalExecution, event: HistoryEvent) => void;
}
