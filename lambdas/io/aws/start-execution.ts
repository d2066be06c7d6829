import { setTimeout as after } from 'node:timers/promises';
import {
  ExecutionAlreadyExists,
  type SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';
import { isThrottled } from './errors.ts';

/** The name makes these harmless. */
const TRIES = 4;
const PAUSE_MS = 100;

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
  for (let tries = 1; ; tries += 1) {
    try {
      const { startDate = new Date() } = await once.send(new StartExecutionCommand(input));
      return { startDate };
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return undefined;
      if (!isThrottled(error)) lost = error;
      if (tries === TRIES || isPermanent(error)) throw lost ?? error;
    }
    await after(PAUSE_MS * 2 ** tries * Math.random());
  }
}

/** Will another try be answered the same? Step Functions calls throttling the client's fault too. */
function isPermanent(error: unknown): boolean {
  return error instanceof SFNServiceException && error.$fault === 'client' && !isThrottled(error);
}
