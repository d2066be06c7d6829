import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type Choice,
  Condition,
  type IChainable,
  type INextable,
  JsonPath,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { STATES } from '../lambdas/core/states.ts';
import { CALLBACK_WAIT } from './workflow-payloads.ts';
import { createStep } from './workflow-step.ts';

/** How a running task is waited for, before each check. */
export interface WaitStrategy {
  /** The wait that follows `Submit task`. */
  readonly entry: IChainable & INextable;
  /** Leads from `Finished?` back to a wait, for a task that still runs. */
  readonly loopBack: (finished: Choice) => void;
}

const WAIT_PATH = '$.wait_seconds';
const CALLBACK_RESULT_PATH = '$.callback';
const CALLBACKS_ACTIVE_PATH = '$.callbacks.active';

/** Every wait lasts as long as the previous step says. */
export function pollingStrategy(scope: Construct, checkTask: IChainable): WaitStrategy {
  const wait = createWait(scope, checkTask);
  return { entry: wait, loopBack: (finished) => finished.otherwise(wait) };
}

/**
 * Waits for a task token, which `waitForCallback` stores in S3 and the callback function completes. An error ends the wait early;
 * `Check task` gets the error, and the video is polled from then on. After the create no state calls an AWS SDK directly: a parameter
 * that Step Functions does not know ends an execution with an error that no state can catch.
 */
export function callbackStrategy(
  scope: Construct,
  checkTask: IChainable,
  waitForCallback: LambdaFunction,
): WaitStrategy {
  const callbackWait = createStep(scope, 'WaitForCallback', waitForCallback, {
    stateName: STATES.waitForCallback,
    comment:
      'Waits until MiniMax calls back, or for `wait_seconds`, set by the previous step. A timeout is no error here.',
    payload: CALLBACK_WAIT,
    waitsForToken: true,
    timeout: Timeout.at(WAIT_PATH),
    resultPath: CALLBACK_RESULT_PATH,
  });
  callbackWait.addCatch(checkTask, { errors: ['States.Timeout'], resultPath: JsonPath.DISCARD });
  callbackWait.addCatch(checkTask, { resultPath: CALLBACK_RESULT_PATH });
  callbackWait.next(checkTask);
  const wait = createWait(scope, checkTask);
  const hasCallbacks = Condition.and(
    Condition.isPresent(CALLBACKS_ACTIVE_PATH),
    Condition.booleanEquals(CALLBACKS_ACTIVE_PATH, true),
  );
  return {
    entry: callbackWait,
    loopBack: (finished) => finished.when(hasCallbacks, callbackWait).otherwise(wait),
  };
}

function createWait(scope: Construct, checkTask: IChainable): Wait {
  const wait = new Wait(scope, 'Wait', {
    stateName: STATES.wait,
    time: WaitTime.secondsPath(WAIT_PATH),
    comment: 'Waits `wait_seconds`, set by the previous step.',
  });
  wait.next(checkTask);
  return wait;
}
