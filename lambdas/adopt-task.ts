import { randomUUID } from 'node:crypto';
import { requireVideoRequest } from './core/api/request.ts';
import { Failure } from './core/failure.ts';
import { toJobClaim } from './core/job/claim.ts';
import { toExecutionInput } from './core/job/execution-input.ts';
import type { NewJob, SubmittedJob } from './core/job/job.ts';
import { toAdoptedJob } from './core/job/submitted-job.ts';
import { DEFAULT_KIND } from './core/minimax/request-kind.ts';
import { createBucket } from './io/aws/bucket.ts';
import { readEnvironment, toListRules } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { stepHandler } from './io/lambda/step-handler.ts';
import { createTable } from './io/table/table.ts';
import { createVideoIndex } from './io/table/video-index.ts';

const environment = readEnvironment('adopt-task');
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));
const index = createVideoIndex(createTable(environment.VIDEO_TABLE), toListRules(environment));

/** Claims the video for a task that exists at MiniMax. It submits nothing, so it costs nothing. */
export const handler = stepHandler<NewJob, SubmittedJob>(async (job, { signal, now, warn }) => {
  const { takes_over, ...input } = toExecutionInput(job.request);
  const request = requireVideoRequest(input.request);
  if (!('task_id' in request)) throw new Failure('InvalidRequest', 'There is no task_id to adopt.');
  const { task_id, kind = DEFAULT_KIND } = request;
  const task = { task_id, kind, adopted: true, waiting_since: now().toISOString() };
  const claim = { ...toJobClaim(job, input, randomUUID()), task };
  const held = await records.claimAdopt(claim, takes_over, signal);
  await index.put(held).catch(warn);
  return toAdoptedJob(job, { task: held.task ?? task, request: held.request }, now());
});
