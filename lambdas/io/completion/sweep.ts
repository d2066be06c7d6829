import { ADOPT_AFTER_MS, mayBeMissed, OLDEST_MS, toRescue } from '../../core/completion/stale-job.ts';
import { type Adoption, howToAdoptTask, toAdoption } from '../../core/job/adoption.ts';
import type { JobRecord } from '../../core/job/job-record.ts';
import type { Bucket, ListedJob } from '../aws/bucket.ts';
import type { Executions } from '../aws/executions.ts';
import type { JobRecords } from '../job/job-record.ts';
import type { Announcer } from './announcer.ts';
import type { Leases } from './leases.ts';

const AT_ONCE = 10;

interface Peers {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly claims: Pick<Leases, 'isCompleted'>;
  readonly executions: Pick<Executions, 'stateOf' | 'start'>;
  readonly announcer: Announcer;
  readonly warn: (error: Error) => void;
}

/**
 * Goes over the job documents that have changed lately. Step Functions tells EventBridge of an end as well as it can, which may be
 * not at all: an end that nobody has announced is announced. Where the execution of a document without an end is gone (the state
 * machine was replaced, a local database was emptied), a known task is adopted under the same id, and a bare claim ends as
 * `SubmitOutcomeUnknown`. The bucket is asked what there is, and not Step Functions, which takes five ListExecutions a second.
 * @param adoptAfterMs since the last change of a document. @default an hour
 * @returns how many documents could not be dealt with
 */
export async function sweepJobs(
  { bucket, records, claims, executions, announcer, warn }: Peers,
  now: () => Date,
  signal: AbortSignal,
  adoptAfterMs = ADOPT_AFTER_MS,
): Promise<number> {
  let failures = 0;

  async function adopt(record: JobRecord, task: Adoption, version: string): Promise<void> {
    const { video_id, owner } = record;
    const input = { ...toAdoption(task), takes_over: version, ...(owner === undefined ? {} : { owner }) };
    const started = await executions.start(video_id, input);
    if (started === undefined) throw new Error(`Its name is in use again. ${howToAdoptTask(task)}`);
  }

  async function announceIfMissed({ videoId: name }: ListedJob, endedAt: string): Promise<void> {
    if (await claims.isCompleted(name, new Date(endedAt), now())) return;
    await announcer.announce({ name }, now, signal);
  }

  async function takeUp(record: JobRecord, version: string, { modifiedAt }: ListedJob): Promise<void> {
    const state = await executions.stateOf(record);
    if (state === 'denied') throw denied(record);
    // It may have been stopped, of which no document tells.
    if (state === 'known') await announcer.announce({ name: record.video_id }, now, signal);
    if (state !== 'gone') return;
    if (record.task !== undefined) await adopt(record, record.task, version);
    else await announcer.announceForgotten(record, modifiedAt, now);
  }

  async function deal(job: ListedJob): Promise<void> {
    const ageMs = now().getTime() - job.modifiedAt.getTime();
    const found = await records.read(job.videoId);
    if (found.kind !== 'record') return;
    const { record, version } = found;
    if (record.finished_at !== undefined) {
      if (mayBeMissed(ageMs)) await announceIfMissed(job, record.finished_at);
    } else if (toRescue(record, ageMs, adoptAfterMs) !== 'wait') await takeUp(record, version, job);
  }

  function fail({ videoId }: ListedJob, error: Error): void {
    if (error.name !== 'BeingAnnounced') failures += 1;
    const why = `The job document of ${videoId} could not be dealt with: ${error.message}`;
    warn(new Error(why, { cause: error }));
  }

  const isYoung = ({ modifiedAt }: ListedJob): boolean => now().getTime() - modifiedAt.getTime() < OLDEST_MS;
  for await (const jobs of bucket.listJobs(signal)) {
    const waiting = jobs.filter(isYoung);
    const next = (): ListedJob | undefined => (signal.aborted ? undefined : waiting.pop());
    const work = async (): Promise<void> => {
      for (let job = next(); job !== undefined; job = next()) {
        const current = job;
        await deal(current).catch((error: Error) => fail(current, error));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    failures += waiting.length;
  }
  return failures;
}

/** It may be gone with a paid task, or be one of another deployment that uses the bucket: only a person can tell. */
function denied({ execution_arn, task }: JobRecord): Error {
  const recoverySteps = task === undefined ? '' : ` ${howToAdoptTask(task)}`;
  return new Error(`This function may not describe its execution ${execution_arn}.${recoverySteps}`);
}
