import { Failure } from '../../core/failure.ts';
import { reasonOf } from '../http/send-once.ts';

/** The name of an SDK error says more than its message. */
export function unavailable(error: unknown): Failure {
  const isNamed = error instanceof Error && error.name !== 'Error' && error.name !== 'AbortError';
  const reason = isNamed ? error.name : reasonOf(error);
  return new Failure('StorageUnavailable', `The object could not be read or written (${reason}).`, {
    cause: error,
  });
}

/** For a promise that only S3 can reject. */
export function rethrowAsStorageUnavailable(error: unknown): never {
  throw unavailable(error);
}

const THROTTLED: readonly string[] = [
  'ThrottlingException',
  'TooManyRequestsException',
  'ExecutionLimitExceeded',
  'SlowDown',
];

/** Did AWS throttle the call? Such a call has had no effect. */
export function isThrottled(error: unknown): error is Error {
  return error instanceof Error && THROTTLED.includes(error.name);
}

/** Did AWS reject a parameter by its form alone? */
export function isInvalid(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
