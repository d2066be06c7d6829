import { randomUUID } from 'node:crypto';
import { requireVideoRequest, wrongRequest } from './core/api/request.ts';
import { toTrustedOrigins } from './core/download/url-policy.ts';
import { Failure, NOT_ACCEPTED } from './core/failure.ts';
import { toClaim } from './core/job/claim.ts';
import { toExecutionInput } from './core/job/execution-input.ts';
import { type NewJob, type SubmittedJob, waitingSeconds } from './core/job/job.ts';
import { toResumedJob, toSubmitFailure, toSubmittedJob, withCallbacks } from './core/job/submitted-job.ts';
import type { CreatedTask } from './core/minimax/created-task.ts';
import { kindOf } from './core/minimax/request-kind.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createCallbackRegistration } from './io/callback/registration.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createMediaInputs } from './io/image/media-inputs.ts';
import type { MarkedClaim } from './io/job/claim-steps.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { type StepContext, stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';

/** So short that the create, which must not be cut off, keeps the time that it is worth. */
const IMAGES_MS = 10_000;

const environment = readEnvironment('submit-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const mediaInputs = createMediaInputs({
  bucketName: environment.VIDEO_BUCKET,
  bucket,
  policy: {
    trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
    idleSeconds: IMAGES_MS / 1000,
  },
});
const records = createJobRecords(bucket);
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const callbackRegistration =
  environment.CALLBACK_URL === ''
    ? undefined
    : createCallbackRegistration({
        url: environment.CALLBACK_URL,
        secretId: environment.CALLBACK_SECRET,
        bucket,
      });
const measures = createMetricEmitter();
const schedule = toSchedule(environment);

/** Claims the video and sends its one create call. Only a failure that names itself as never accepted may be followed by another. */
export const handler = stepHandler<NewJob, SubmittedJob>((job, surroundings) =>
  submit(job, surroundings).catch((error: unknown) => {
    throw error instanceof Failure ? toSubmitFailure(job, error, surroundings.now()) : error;
  }),
);

async function submit(job: NewJob, { signal, now, warn }: StepContext): Promise<SubmittedJob> {
  const input = toExecutionInput(job.request);
  const claim = toClaim(job, input, randomUUID());
  const claimed = await records.claimSubmit(claim, waitSeconds, signal);
  const request = requireVideoRequest(input.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const newJob = { ...job, request };
  if (claimed.next === 'follow') return toResumedJob(newJob, claimed.task, now());
  measures.emit({ values: { WaitingSeconds: waitingSeconds(job, now()) } }, job.video_id);

  const faults = kindOf(request).violations(request, environment.MINIMAX_API_HOST);
  if (faults.length > 0) throw wrongRequest(faults);

  const raceSignal = AbortSignal.any([signal, AbortSignal.timeout(IMAGES_MS)]);
  const callbacks = job.callbacks_supported === true ? callbackRegistration : undefined;
  const [whole, callbackUrl] = await Promise.all([
    mediaInputs.prepare(request, { signal: raceSignal, notice: warn }),
    callbacks?.callbackUrl(job.video_id, raceSignal).catch(warn),
  ]);
  let marked: MarkedClaim | undefined;
  const beforeSend = async (): Promise<void> => {
    marked = await records.beginCreate(claim, claimed.version, now());
    measures.emit({ values: { Creates: 1 } }, job.video_id);
  };
  const writeDown = async (task: CreatedTask): Promise<SubmittedJob> => {
    const document = toSubmittedJob(newJob, task, { now: now(), schedule });
    if (marked !== undefined) await records.recordTask(marked, document.task).catch(warn);
    return document;
  };
  const task = await minimax
    .createTask(whole, { signal, callbackUrl, beforeSend })
    .catch(async (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      if (error.taskId !== undefined) await writeDown({ taskId: error.taskId });
      const isTakenBack = marked !== undefined && NOT_ACCEPTED.includes(error.name);
      if (isTakenBack) await records.endCreate(marked as MarkedClaim).catch(warn);
      throw error;
    });
  const card = await writeDown(task);
  const callbackStatus = await callbacks?.callbackStatus(job, { ...task, callbackUrl }, signal).catch(warn);
  return callbackStatus === undefined ? card : withCallbacks(card, callbackStatus, schedule);
}
