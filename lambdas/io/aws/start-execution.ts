import {
  ExecutionAlreadyExists,
  type SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';
import { backoff, retry } from '../timing.ts';
import { isThrottled } from './errors.ts';

/** A repeated start is harmless, because it has the name of the first. */
const START = { attempts: 4, pause: backoff(100), isRetryable: (error: unknown) => !isPermanent(error) };

/**
 * Starts an execution. Throws an error of throttling only where every attempt was throttled, so that nothing was started. A lost
 * answer is thrown before it, because that attempt may have started the execution. The SDK's own retries report only their last attempt.
 * @param once sends a command once
 * @returns undefined where an execution of this name has ended, or has another input
 * @throws Error of the SDK
 */
export async function startExecution(
  once: SFNClient,
  input: StartExecutionInput,
): Promise<{ readonly startDate: Date } | undefined> {
  let lost: unknown;
  const start = async () => {
    try {
      const { startDate = new Date() } = await once.send(new StartExecutionCommand(input));
      return { startDate };
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return undefined;
      if (!isThrottled(error)) lost = error;
      throw error;
    }
  };
  return retry(start, START).catch((error: unknown) => {
    throw lost ?? error;
  });
}

/** Would a retry get this error again? Step Functions reports throttling as a fault of the client too. */
function isPermanent(error: unknown): boolean {
  return error instanceof SFNServiceException && error.$fault === 'client' && !isThrottled(error);
}
