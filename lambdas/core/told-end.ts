import { isEndEvent } from './tally.ts';
import { type Execution, isFinished } from './video.ts';

/** One of the two times may come without its fraction of a second. */
const TOLERANCE_MS = 999;

/** An end of an execution, as somebody tells of it. */
export interface ToldEnd {
  readonly name: string;
  /** Milliseconds since the epoch. @default nobody knows: whatever is shown is believed */
  readonly stoppedAt?: number | undefined;
  /** How often it had been redriven before. @default 0 */
  readonly redrives?: number | undefined;
}

/** An execution that is over. */
export type Ended = Execution & { readonly stopDate: Date };

export function isEnded(execution: Execution): execution is Ended {
  return isFinished(execution) && execution.stopDate !== undefined;
}

/**
 * Does what Step Functions shows go as far as this end, with its last event, or even further? Its answers may lag behind the
 * events that it sends: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export function isShown({ stoppedAt, redrives = 0 }: ToldEnd, found: Execution): boolean {
  if (stoppedAt === undefined || found.redriveCount > redrives) return true;
  if (!isEnded(found) || found.stopDate.getTime() + TOLERANCE_MS < stoppedAt) return false;
  return found.status === 'SUCCEEDED' || isEndEvent(found.newestEvent);
}
