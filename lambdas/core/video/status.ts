import type { VideoStatus } from '../api/response.ts';
import { STATES, type StateName } from '../states.ts';
import type { Execution } from './execution.ts';

/** The status of a running execution, by its state. */
const RUNNING_STATUSES: Readonly<Record<StateName, VideoStatus>> = {
  [STATES.taskGiven]: 'queued',
  [STATES.rejectInput]: 'queued',
  [STATES.submitTask]: 'queued',
  [STATES.adoptTask]: 'queued',
  [STATES.wait]: 'generating',
  [STATES.waitForCallback]: 'generating',
  [STATES.checkTask]: 'generating',
  [STATES.finished]: 'generating',
  [STATES.copyVideo]: 'copying',
  [STATES.videoReady]: 'copying',
  [STATES.recordFailure]: 'generating',
  [STATES.videoFailed]: 'generating',
  [STATES.failExecution]: 'generating',
};

export function toStatus({ status, stateName }: Execution): VideoStatus {
  switch (status) {
    case 'SUCCEEDED':
      return 'succeeded';
    case 'ABORTED':
      return 'cancelled';
    case 'TIMED_OUT':
      return 'timed_out';
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return toRunningStatus(stateName);
    default:
      return 'failed';
  }
}

/** An execution that an earlier version of the workflow has started may be in a state of another name. */
function toRunningStatus(stateName: string | undefined): VideoStatus {
  if (stateName === undefined) return 'queued';
  return isStateName(stateName) ? RUNNING_STATUSES[stateName] : 'generating';
}

function isStateName(name: string): name is StateName {
  return Object.hasOwn(RUNNING_STATUSES, name);
}
