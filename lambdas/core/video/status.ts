import type { VideoStatus } from '../api/response.ts';
import { STATES } from '../states.ts';
import type { Execution } from './execution.ts';

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

function toRunningStatus(stateName: string | undefined): VideoStatus {
  switch (stateName) {
    case undefined:
    case STATES.taskGiven:
    case STATES.rejectInput:
    case STATES.submitTask:
    case STATES.adoptTask:
      return 'queued';
    case STATES.copyVideo:
    case STATES.videoReady:
      return 'copying';
    default:
      return 'generating';
  }
}
