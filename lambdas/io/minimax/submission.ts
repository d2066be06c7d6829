import type { NewTaskRequest } from '../../core/api/request.ts';
import { Failure, NOT_ACCEPTED } from '../../core/failure.ts';
import type { Claim } from '../../core/job/claim.ts';
import type { NewJob, SubmittedJob } from '../../core/job/job.ts';
import type { Schedule } from '../../core/job/schedule.ts';
import { toSubmittedJob, withCallbacks } from '../../core/job/submitted-job.ts';
import type { CreatedTask } from '../../core/minimax/created-task.ts';
import type { CallbackRegistration } from '../callback/registration.ts';
import type { MediaInputs } from '../image/media-inputs.ts';
import type { MarkedClaim } from '../job/claim-steps.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { MetricEmitter } from '../lambda/emf.ts';
import type { StepContext } from '../lambda/step-handler.ts';
import type { VideoIndex } from '../table/video-index.ts';
import type { MiniMax } from './client.ts';

interface Dependencies {
  readonly minimax: Pick<MiniMax, 'createTask'>;
  readonly mediaInputs: MediaInputs;
  readonly records: Pick<JobRecords, 'beginCreate' | 'endCreate' | 'recordTask'>;
  /** @default MiniMax is not asked to call back */
  readonly registration?: CallbackRegistration;
  readonly metrics: MetricEmitter;
  readonly index: Pick<VideoIndex, 'put'>;
  readonly schedule: Schedule;
  /** For the images and the callback URL; short, because the create must keep the time that it may take. */
  readonly prepareMs: number;
}

/** A job whose video this invocation has claimed, so that it may send the create. */
export interface ClaimedJob {
  readonly job: NewJob & { readonly request: NewTaskRequest };
  readonly claim: Claim;
  /** Of the claim in the bucket. */
  readonly version: string;
}

/** @throws Failure, `SubmitOutcomeUnknown` where a task may exist */
export type Submission = (claimed: ClaimedJob, step: StepContext) => Promise<SubmittedJob>;

/** Sends the one create of a video, and writes its task into `job.json`. */
export function createSubmission(dependencies: Dependencies): Submission {
  const { minimax, mediaInputs, records, index, metrics, schedule, prepareMs } = dependencies;

  return async ({ job, claim, version }, { signal, now, warn }) => {
    const prepareSignal = AbortSignal.any([signal, AbortSignal.timeout(prepareMs)]);
    const registration = job.callbacks_supported === true ? dependencies.registration : undefined;
    const [request, callbackUrl] = await Promise.all([
      mediaInputs.prepare(job.request, { owner: claim.owner, signal: prepareSignal, notice: warn }),
      registration?.callbackUrl(job.video_id, prepareSignal).catch(warn),
    ]);

    let marked: MarkedClaim | undefined;
    async function beforeSend(): Promise<void> {
      marked = await records.beginCreate(claim, version, now());
      metrics.emit({ values: { Creates: 1 } }, job.video_id);
    }
    async function recordTask(created: CreatedTask): Promise<SubmittedJob> {
      const submitted = toSubmittedJob(job, created, { now: now(), schedule });
      if (marked !== undefined) await records.recordTask(marked, submitted.task).then(index.put).catch(warn);
      return submitted;
    }
    /** A failed create may have named its task. One that was certainly not accepted may be followed by another. */
    async function recordFailure({ name, taskId }: Failure): Promise<void> {
      if (taskId !== undefined) await recordTask({ taskId });
      if (marked !== undefined && NOT_ACCEPTED.includes(name)) await records.endCreate(marked).catch(warn);
    }

    const created = await minimax
      .createTask(request, { signal, callbackUrl, beforeSend })
      .catch(async (error: unknown) => {
        if (error instanceof Failure) await recordFailure(error);
        throw error;
      });
    const submitted = await recordTask(created);
    const callbacks = await registration
      ?.callbackStatus(job, { ...created, callbackUrl }, signal)
      .catch(warn);
    return callbacks === undefined ? submitted : withCallbacks(submitted, callbacks, schedule);
  };
}
