import { Failure } from '../../core/failure.ts';
import { reasonOf } from '../http/send-once.ts';

/** The bucket did not do as it was told; the SDK's name for it says more than its sentence. */
export function unavailable(error: unknown): Failure {
  const isNamed = error instanceof Error && error.name !== 'Error' && error.name !== 'AbortError';
  const reason = isNamed ? error.name : reasonOf(error);
  return new Failure('StorageUnavailable', `The bucket did not take or give the object (${reason}).`, {
    cause: error,
  });
}

/** For a promise that only S3 can break. */
export function rethrowAsStorageUnavailable(error: unknown): never {
  throw unavailable(error);
}

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
