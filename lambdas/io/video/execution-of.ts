import { ProblemError, toProblem } from '../../core/api/problem.ts';
import { toExecutionInput } from '../../core/job/execution-input.ts';
import { requestOf } from '../../core/video/execution.ts';
import type { ExecutionState } from '../aws/execution-state.ts';
import type { Executions } from '../aws/executions.ts';
import type { KnownVideo } from './videos.ts';

/** The execution of a video, for its history. */
export interface VideoExecution {
  readonly arn: string;
  readonly request: unknown;
}

/**
 * The execution that has made a video, and not another one that has its name by now.
 * @throws ProblemError where Step Functions has deleted it, 90 days after its end, or where another deployment has it
 */
export async function executionOf(
  known: KnownVideo,
  executions: Pick<Executions, 'stateOf'>,
): Promise<VideoExecution> {
  if (known.by === 'execution')
    return { arn: known.execution.arn, request: requestOf(known.execution).request };
  const { record } = known;
  const state = await executions.stateOf(record);
  if (state !== 'known') throw historyNotFound(record.video_id, state);
  return { arn: record.execution_arn, request: toExecutionInput(record.request).request };
}

const REASONS: Readonly<Record<Exclude<ExecutionState, 'known'>, string>> = {
  gone: 'Step Functions keeps a history for 90 days after the end',
  denied: 'this service has no grant to read it',
  elsewhere: 'it is in another account or region',
};

/** For a video that its own job document knows. */
export function historyNotFound(
  videoId: string,
  state: Exclude<ExecutionState, 'known'> = 'gone',
): ProblemError {
  const detail = `There is no history of the video ${videoId} here: ${REASONS[state]}. GET the video to see how it ended.`;
  return new ProblemError(toProblem('history-not-found', detail));
}
