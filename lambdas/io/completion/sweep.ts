import {
  ADOPT_AFTER_MS,
  isCompared,
  mayBeMissed,
  OLDEST_MS,
  toRescue,
} from '../../core/completion/stale-job.ts';
import { howToAdoptTask, toAdoption } from '../../core/job/adoption.ts';
import type { JobTask } from '../../core/job/job.ts';
import type { JobRecord } from '../../core/job/job-record.ts';
import { hasEnded } from '../../core/job/redrive.ts';
import type { Bucket, ListedJob } from '../aws/bucket.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { VideoIndex } from '../table/video-index.ts';
import type { Announcer } from './announcer.ts';
import { type Comparison, createComparison } from './comparison.ts';

const CONCURRENT_JOBS = 10;

interface Dependencies {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly executions: Pick<Executions, 'stateOf' | 'start'>;
  readonly announcer: Announcer;
  readonly index: Pick<VideoIndex, 'mend'>;
  readonly warn: (error: Error) => void;
}

interface Sweep extends Dependencies {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly adoptAfterMs: number;
  readonly comparison: Comparison;
}

/** What a sweep has found. */
export interface Swept {
  /** How many documents failed. */
  readonly failures: number;
  /** How many items of the table were missing or behind, or could not be compared. They are mended, where the table takes it. */
  readonly behind: number;
}

/**
 * Goes through the job documents of the last days. It announces an end without `announced_at`: EventBridge delivers the events
 * of Step Functions on a best-effort basis. The execution of an unfinished document may be gone: the state machine was
 * replaced, or a local database was emptied. Then it adopts a known task under the same id, and ends a bare claim as
 * `SubmitOutcomeUnknown`. It mends what the table lacks of these documents. The list comes from the bucket, because ListExecutions takes five calls a second.
 * @param adoptAfterMs since the last change of a document. @default an hour
 */
export async function sweepJobs(
  dependencies: Dependencies,
  now: () => Date,
  signal: AbortSignal,
  adoptAfterMs = ADOPT_AFTER_MS,
): Promise<Swept> {
  const { bucket, warn } = dependencies;
  const comparison = createComparison({ ...dependencies, signal });
  const sweep: Sweep = { ...dependencies, now, signal, adoptAfterMs, comparison };
  let failures = 0;

  function fail({ videoId }: ListedJob, error: Error): void {
    if (error.name !== 'LeaseHeld') failures += 1;
    const why = `The job document of ${videoId} could not be swept: ${error.message}`;
    warn(new Error(why, { cause: error }));
  }

  for await (const jobs of bucket.listJobs(signal)) {
    const waiting = jobs.filter(({ modifiedAt }) => now().getTime() - modifiedAt.getTime() < OLDEST_MS);
    const next = (): ListedJob | undefined => (signal.aborted ? undefined : waiting.pop());
    const work = async (): Promise<void> => {
      for (let job = next(); job !== undefined; job = next()) {
        const current = job;
        await settle(current, sweep).catch((error: Error) => fail(current, error));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_JOBS }, work));
    failures += waiting.length;
  }
  return { failures, behind: await comparison.end() };
}

async function settle({ videoId, modifiedAt }: ListedJob, sweep: Sweep): Promise<void> {
  const { records, comparison, now } = sweep;
  const ageMs = now().getTime() - modifiedAt.getTime();
  const found = await records.read(videoId);
  if (found.kind !== 'record') return;
  const { record, version } = found;
  await settleRecord(record, { version, modifiedAt }, sweep).finally(async () => {
    if (isCompared(ageMs)) await comparison.add(record, ageMs);
  });
}

async function settleRecord(record: JobRecord, { version, modifiedAt }: Stored, sweep: Sweep): Promise<void> {
  const { announcer, now, signal, adoptAfterMs } = sweep;
  const ageMs = now().getTime() - modifiedAt.getTime();
  if (hasEnded(record)) {
    const isMissed = record.announced_at === undefined && mayBeMissed(ageMs);
    if (isMissed) await announcer.announce({ name: record.video_id }, now, signal);
    return;
  }
  if (toRescue(record, ageMs, adoptAfterMs) !== 'wait') await recover(record, { version, modifiedAt }, sweep);
}

interface Stored {
  readonly version: string;
  readonly modifiedAt: Date;
}

async function recover(record: JobRecord, { version, modifiedAt }: Stored, sweep: Sweep): Promise<void> {
  const { executions, announcer, now, signal } = sweep;
  const state = await executions.stateOf(record);
  if (state === 'denied') throw denied(record);
  // The document of an execution that was stopped does not contain its end.
  if (state === 'known') await announcer.announce({ name: record.video_id }, now, signal);
  if (state !== 'gone') return;
  if (record.task !== undefined) await adopt(record, { task: record.task, version }, sweep);
  else await announcer.announceForgotten(record, modifiedAt, now);
}

interface AdoptableTask {
  readonly task: JobTask;
  /** Of the document that the new execution takes over. */
  readonly version: string;
}

async function adopt(
  { video_id, owner }: JobRecord,
  { task, version }: AdoptableTask,
  { executions }: Sweep,
): Promise<void> {
  const started = await executions.start(video_id, { ...toAdoption(task), takes_over: version, owner });
  if (started === undefined) throw new Error(`Its name is in use again. ${howToAdoptTask(task)}`);
}

/** The execution may be gone with a paid task, or another deployment of this bucket may own it. Only a person can decide. */
function denied({ execution_arn, task }: JobRecord): Error {
  const recoverySteps = task === undefined ? '' : ` ${howToAdoptTask(task)}`;
  return new Error(`This function may not describe its execution ${execution_arn}.${recoverySteps}`);
}
