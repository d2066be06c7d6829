import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { NEVER_INVOKED } from '../lambdas/core/record-failure/classify.ts';

type RetryPolicy = Omit<RetryProps, 'errors'>;

/** Errors of Lambda itself. A step is repeated after them where it may run twice, which a create may not. */
export const LAMBDA_ERRORS: readonly string[] = [
  NEVER_INVOKED,
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Sandbox.Failure',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Runtime.Unknown',
  'Extension.Crash',
  'States.Timeout',
];

/** `Submit task`, where MiniMax certainly accepted nothing: one hour on average. Full jitter halves the sum of two hours. */
export const SUBMIT_RETRY: RetryPolicy = {
  interval: Duration.seconds(10),
  backoffRate: 1.5,
  maxDelay: Duration.minutes(5),
  maxAttempts: 31,
  jitterStrategy: JitterType.FULL,
};

/** `Copy video`: a little more than six hours of pauses. MiniMax keeps a finished video for nine hours. */
export const COPY_RETRY: RetryPolicy = {
  interval: Duration.seconds(15),
  backoffRate: 2,
  maxDelay: Duration.minutes(10),
  maxAttempts: 42,
};

/**
 * `Copy video`, after attempts that ran out of time but stored a new part of the file. Each takes the function's 15 minutes, so 36 of them take the
 * nine hours for which MiniMax keeps a finished video. Step Functions counts them apart from `COPY_RETRY`.
 */
export const RESUME_RETRY: RetryPolicy = {
  interval: Duration.seconds(5),
  backoffRate: 1,
  maxAttempts: 36,
};

/** `Adopt task`, `Record failure` and `Video failed`: about two hours of pauses. They call AWS only, and must not be skipped. */
export const AWS_RETRY: RetryPolicy = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 31,
};

/** Exceeds the sum of all retry policies above, so that the state machine's own timeout never fires first. */
export const EXECUTION_TIMEOUT_MARGIN = Duration.hours(48);

/** The longest pause between two failed checks, unless two poll intervals are longer. */
const MAX_POLLING_PAUSE_SECONDS = 300;

/**
 * `Check task`: pauses grow from one poll interval to the longest, and last as long as the polling itself: `Check task` ends it with
 * `GaveUpWaiting`. Without jitter, so that two checks are never closer than the interval. `lambdas/core/job/schedule.ts` has the
 * pauses between successful checks.
 */
export function pollingRetry(pollSeconds: number, giveUpAfter: Duration): RetryPolicy {
  const maxSeconds = Math.max(MAX_POLLING_PAUSE_SECONDS, 2 * pollSeconds);
  const growing = Math.ceil(Math.log(maxSeconds / pollSeconds) / Math.log(1.5));
  return {
    interval: Duration.seconds(pollSeconds),
    backoffRate: 1.5,
    maxDelay: Duration.seconds(maxSeconds),
    maxAttempts: growing + Math.ceil(giveUpAfter.toSeconds() / maxSeconds) + 1,
  };
}
