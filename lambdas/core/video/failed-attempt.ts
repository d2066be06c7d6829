interface ErrorDetails {
  readonly error?: string;
  readonly cause?: string;
}

/**
 * An event of an execution's history, with the details that say that an attempt of a state has failed. Step Functions has other
 * events with an error. They are of activities, maps and JSONata, which the workflow does not have:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface AttemptEvent {
  readonly lambdaFunctionScheduleFailedEventDetails?: ErrorDetails;
  readonly lambdaFunctionStartFailedEventDetails?: ErrorDetails;
  readonly lambdaFunctionFailedEventDetails?: ErrorDetails;
  readonly lambdaFunctionTimedOutEventDetails?: ErrorDetails;
  readonly taskStartFailedEventDetails?: ErrorDetails;
  readonly taskSubmitFailedEventDetails?: ErrorDetails;
  readonly taskFailedEventDetails?: ErrorDetails;
  readonly taskTimedOutEventDetails?: ErrorDetails;
}

/** How an attempt has failed. AWS may leave out the name of an error, and does so for a timeout. @returns undefined for any other event */
export function failedAttempt(
  event: AttemptEvent,
): { readonly error: string; readonly cause: string | undefined } | undefined {
  const failed =
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.taskFailedEventDetails;
  if (failed !== undefined) return { error: failed.error ?? 'States.TaskFailed', cause: failed.cause };
  const timedOut = event.lambdaFunctionTimedOutEventDetails ?? event.taskTimedOutEventDetails;
  return timedOut && { error: timedOut.error ?? 'States.Timeout', cause: timedOut.cause };
}
