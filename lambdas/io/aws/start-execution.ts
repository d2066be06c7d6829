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
 * Starts an execution, and tells what may have begun it from what cannot: where all tries were throttled, nothing was.
 * @param once sends a command once
 * @returns undefined where there is one of this name already that has ended, or has another input
 * @throws Error of the SDK; one of throttling only where nothing can have been started
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

/** Will another try be answered the same? Step Functions calls throttling the client's fault too. */
function isPermanent(error: unknown): boolean {
  return error instanceof SFNServiceException && error.$fault === 'client' && !isThrottled(error);
}
