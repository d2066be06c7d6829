import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { NEVER_INVOKED } from '../lambdas/core/record-failure/classify.ts';

type Patience = Omit<RetryProps, 'errors'>;

/** Ways in which Lambda itself fails. To repeat after them is right wherever the step does no harm twice: not for a create. */
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

/** An hour on average: full jitter halves a sum of two hours. */
export const SUBMIT_PATIENCE: Patience = {
  interval: Duration.seconds(10),
  backoffRate: 1.5,
  maxDelay: Duration.minutes(5),
  maxAttempts: 31,
  jitterStrategy: JitterType.FULL,
};

/** A little more than six hours of pauses, inside the nine for which MiniMax keeps a finished video. */
export const COPY_PATIENCE: Patience = {
  interval: Duration.seconds(15),
  backoffRate: 2,
  maxDelay: Duration.minutes(10),
  maxAttempts: 42,
};

/**
 * For attempts that ran out of time with a part of the file newly stored: each takes the function's 15 minutes, so all of them
 * take the nine hours for which MiniMax keeps a finished video. They are counted by themselves.
 */
export const RESUME_PATIENCE: Patience = {
  interval: Duration.seconds(5),
  backoffRate: 1,
  maxAttempts: 36,
};

/** For the steps that talk to nobody but AWS, and that must not be missed: about two hours of pauses. */
export const AWS_PATIENCE: Patience = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 31,
};

/** Longer than all of the above beside the waiting, so that the execution's own timeout is never the first to act. */
export const EXECUTION_TIMEOUT_MARGIN = Duration.hours(48);

/**
 * As patient as polling itself: from one interval to five minutes, for as long as there is anything to wait for. `Check
 * task` ends it with `GaveUpWaiting`. Without jitter, so that two looks are never closer than the interval.
 */
export function pollingPatience(pollSeconds: number, giveUpAfter: Duration): Patience {
  const longestSeconds = Math.max(300, 2 * pollSeconds);
  const growing = Math.ceil(Math.log(longestSeconds / pollSeconds) / Math.log(1.5));
  return {
    interval: Duration.seconds(pollSeconds),
    backoffRate: 1.5,
    maxDelay: Duration.seconds(longestSeconds),
    maxAttempts: growing + Math.ceil(giveUpAfter.toSeconds() / longestSeconds) + 1,
  };
}
