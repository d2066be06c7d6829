import { isRetryableName, RETRYABLE } from '../download/retryable.ts';
import { type FailureName, isFailureName } from '../failure.ts';

/** The failure for the error name of a step. @returns undefined for unknown names */
export function toFailureName(errorName: string): FailureName | undefined {
  if (isFailureName(errorName)) return errorName;
  return isRetryableName(errorName) ? RETRYABLE[errorName].ends : undefined;
}
