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
export function thrownUnavailable(error: unknown): never {
  throw unavailable(error);
}
