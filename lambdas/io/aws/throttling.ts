const THROTTLED: readonly string[] = [
  'ThrottlingException',
  'TooManyRequestsException',
  'ExecutionLimitExceeded',
  'SlowDown',
];

/** Does AWS say that it takes no more just now? A call that is answered so has had no effect. */
export function isThrottled(error: unknown): error is Error {
  return error instanceof Error && THROTTLED.includes(error.name);
}
