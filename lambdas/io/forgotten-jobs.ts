import { howToAdopt } from '../core/failure.ts';
import { ADOPT_AFTER_MS, OLDEST_MS, toRescue } from '../core/forgotten-job.ts';
import { isFinal } from '../core/job-key.ts';
import type { JobRecord } from '../core/job-record.ts';
import type { Announcer } from './announcer.ts';
import type { Bucket, ListedJob } from './bucket.ts';
import type { Executions } from './executions.ts';
import type { JobRecords } from './job-record.ts';

const AT_ONCE = 10;

interface Peers {
  readonly bucket: Pick<Bucket, 'listJobs'>;
  readonly records: Pick<JobRecords, 'read'>;
  readonly executions: Pick<Executions, 'stateOf' | 'start'>;
  readonly announcer: Pick<Announcer, 'announceForgotten'>;
  readonly warn: (error: Error) => void;
}

/**
 * Takes up the job documents without an end whose executions are gone (the state machine was replaced, a local database was
 * emptied): a known task is adopted under the same id, and a bare claim ends as `SubmitOutcomeUnknown`.
 * @param adoptAfterMs since the last change of a document. @default an hour
 * @returns how many could not be taken up
 */
export async function takeUpForgotten(
  { bucket, records, executions, announcer, warn }: Peers,
  now: () => Date,
  signal: AbortSignal,
  adoptAfterMs = ADOPT_AFTER_MS,
): Promise<number> {
  let failures = 0;

  async function adopt(record: JobRecord, taskId: string, version: string): Promise<void> {
    const { video_id, owner } = record;
    const input = { task_id: taskId, takes_over: version, ...(owner === undefined ? {} : { owner }) };
    const started = await executions.start(video_id, input);
    if (started === undefined) throw new Error(`Its name is in use again. ${howToAdopt(taskId)}`);
  }

  async function takeUp({ videoId, modifiedAt }: ListedJob): Promise<void> {
    const found = await records.read(videoId);
    if (found.kind !== 'record' || isFinal(found.record)) return;
    const { record, version } = found;
    const ageMs = now().getTime() - modifiedAt.getTime();
    const rescue = toRescue(record, ageMs, adoptAfterMs);
    if (rescue === 'wait') return;
    const state = await executions.stateOf(record);
    if (state === 'denied') throw denied(record);
    if (state !== 'gone') return;
    if (record.task !== undefined) await adopt(record, record.task.task_id, version);
    else await announcer.announceForgotten(record, modifiedAt, now);
  }

  const isYoung = ({ modifiedAt }: ListedJob): boolean => now().getTime() - modifiedAt.getTime() < OLDEST_MS;
  for await (const jobs of bucket.listJobs(signal)) {
    const waiting = jobs.filter(isYoung);
    const work = async (): Promise<void> => {
      for (let job = waiting.pop(); job !== undefined && !signal.aborted; job = waiting.pop()) {
        const { videoId } = job;
        await takeUp(job).catch((error: Error) => {
          failures += 1;
          warn(
            new Error(`The job document of ${videoId} could not be taken up: ${error.message}`, {
              cause: error,
            }),
          );
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    failures += waiting.length;
  }
  return failures;
}

/** It may be gone with a paid task, or be one of another deployment that uses the bucket: only a person can tell. */
function denied({ execution_arn, task }: JobRecord): Error {
  const wayOn = task === undefined ? '' : ` ${howToAdopt(task.task_id)}`;
  return new Error(`This function may not describe its execution ${execution_arn}.${wayOn}`);
}
