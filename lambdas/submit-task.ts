import { toTrustedOrigins } from './core/download-rule.ts';
import { Failure } from './core/failure.ts';
import { type NewJob, type SubmittedJob, submitted, withBell } from './core/job.ts';
import { toAge } from './core/job-age.ts';
import { resumed } from './core/job-record.ts';
import type { CreatedTask } from './core/minimax-task.ts';
import { requireVideoRequest, wrongRequest } from './core/request.ts';
import { misfits, toCatalogue } from './core/template-catalogue.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createJobRecord } from './io/job-record.ts';
import { createMeasures } from './io/measures.ts';
import { createMediaInputs } from './io/media-inputs.ts';
import { createMiniMax } from './io/minimax.ts';
import { createOwnBell } from './io/own-bell.ts';
import { storedKey } from './io/stored-key.ts';
import { workflowStep } from './io/workflow-step.ts';

/** So short that the create, which must not be cut off, keeps the time that it is worth. */
const IMAGES_MS = 10_000;

const environment = readEnvironment('submit-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: storedKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const mediaInputs = createMediaInputs({
  bucketName: environment.VIDEO_BUCKET,
  bucket,
  reach: {
    trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
    idleSeconds: IMAGES_MS / 1000,
  },
});
const catalogue = toCatalogue(environment.MINIMAX_API_HOST);
const record = createJobRecord(bucket);
const ownBell =
  environment.BELL_URL === ''
    ? undefined
    : createOwnBell({ url: environment.BELL_URL, secretId: environment.BELL_SECRET, bucket });
const measures = createMeasures();
const schedule = toSchedule(environment);

/** Sends the one create call of this video. Only a failure that names itself as never accepted may be followed by another. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { signal, now, warn }) => {
  const request = requireVideoRequest(job.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const newJob = { ...job, request };
  if (job.redrives > 0)
    return resumed(newJob, await record.find(job, Number(environment.RECORD_WAIT_SECONDS), signal), now());
  measures.emit({ values: toAge(job, now()) }, job.video_id);

  const faults = misfits(request, catalogue);
  if (faults.length > 0) throw wrongRequest(faults);

  const writeDown = async (task: CreatedTask): Promise<SubmittedJob> => {
    const card = submitted(newJob, task, { now: now(), schedule });
    await record.write(card).catch(warn);
    return card;
  };
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(IMAGES_MS)]);
  const bell = job.can_ring === true ? ownBell : undefined;
  const [whole, callbackUrl] = await Promise.all([
    mediaInputs.prepare(request, { signal: inTime, notice: warn }),
    bell?.callbackUrl(job.video_id, inTime).catch(warn),
  ]);
  const onCreate = (): void => measures.emit({ values: { Creates: 1 } }, job.video_id);
  const task = await minimax
    .createTask(whole, { signal, callbackUrl, onCreate })
    .catch(async (error: unknown) => {
      if (error instanceof Failure && error.taskId !== undefined) await writeDown({ taskId: error.taskId });
      throw error;
    });
  const card = await writeDown(task);
  const standing = await bell?.standing(job, { ...task, callbackUrl }, signal).catch(warn);
  return standing === undefined ? card : withBell(card, standing, schedule);
});
