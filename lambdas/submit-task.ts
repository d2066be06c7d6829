import { randomUUID } from 'node:crypto';
import { invalidRequest, requireVideoRequest } from './core/api/request.ts';
import { toTrustedOrigins } from './core/download/url-policy.ts';
import { Failure } from './core/failure.ts';
import { toJobClaim } from './core/job/claim.ts';
import { toExecutionInput } from './core/job/execution-input.ts';
import { type NewJob, type SubmittedJob, waitingSeconds } from './core/job/job.ts';
import { toResumedJob, toSubmitFailure } from './core/job/submitted-job.ts';
import { kindOf } from './core/minimax/request-kind.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createCallbackRegistration } from './io/callback/registration.ts';
import { readEnvironment, toListRules, toSchedule, toVisibility } from './io/environment.ts';
import { createMediaInputs } from './io/image/media-inputs.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { type StepContext, stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';
import { createSubmission } from './io/minimax/submission.ts';
import { createTable } from './io/table/table.ts';
import { createVideoIndex } from './io/table/video-index.ts';

/** So short that the create, which must not be cut off, keeps its time. */
const PREPARE_MS = 10_000;

const environment = readEnvironment('submit-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const mediaInputs = createMediaInputs({
  bucketName: environment.VIDEO_BUCKET,
  visibility: toVisibility(environment),
  bucket,
  policy: {
    trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
    idleSeconds: PREPARE_MS / 1000,
  },
});
const records = createJobRecords(bucket);
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const registration =
  environment.CALLBACK_URL === ''
    ? undefined
    : createCallbackRegistration({
        url: environment.CALLBACK_URL,
        secretId: environment.CALLBACK_SECRET,
        bucket,
      });
const metrics = createMetricEmitter();
const sendCreate = createSubmission({
  minimax,
  mediaInputs,
  records,
  registration,
  metrics,
  index: createVideoIndex(createTable(environment.VIDEO_TABLE), toListRules(environment)),
  schedule: toSchedule(environment),
  prepareMs: PREPARE_MS,
});

/** Claims the video and sends its one create call. Another create may follow only where MiniMax has certainly not accepted this one. */
export const handler = stepHandler<NewJob, SubmittedJob>((job, context) =>
  submit(job, context).catch((error: unknown) => {
    throw error instanceof Failure ? toSubmitFailure(job, error, context.now()) : error;
  }),
);

async function submit(job: NewJob, context: StepContext): Promise<SubmittedJob> {
  const input = toExecutionInput(job.request);
  const claim = toJobClaim(job, input, randomUUID());
  const claimed = await records.claimSubmit(claim, waitSeconds, context.signal);
  const request = requireVideoRequest(input.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const newJob = { ...job, request };
  if (claimed.next === 'follow') return toResumedJob(newJob, claimed.task, context.now());

  metrics.emit({ values: { WaitingSeconds: waitingSeconds(job, context.now()) } }, job.video_id);
  const violations = kindOf(request).violations(request, environment.MINIMAX_API_HOST);
  if (violations.length > 0) throw invalidRequest(violations);
  return sendCreate({ job: newJob, claim, version: claimed.version }, context);
}
