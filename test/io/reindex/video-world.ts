import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { type ListRules, toVideoItems } from '../../../lambdas/core/table/entry.ts';
import type { Execution } from '../../../lambdas/core/video/execution.ts';
import { createReindexCounts, type ReindexReport } from '../../../lambdas/io/reindex/counts.ts';
import { type ReindexDependencies, reindex } from '../../../lambdas/io/reindex/reindex.ts';
import type { Table } from '../../../lambdas/io/table/table.ts';
import { createVideoIndex, type VideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { failedRecord, succeededRecord } from '../../core/table/records.ts';
import { after, createdAt, executionKey, submittedJob } from '../../harness/running-job.ts';

export const RULES: ListRules = { visibility: 'owner', listedMetadata: ['order', 'shop'] };
export const OWNER = 'iam AROA1';
const DAY = 24 * 3600;

/** The phases of a video, in which each but the first two may come again after a redrive. */
export type Phase = 'accepted' | 'claimed' | 'task' | 'failed' | 'succeeded' | 'redriven';

interface WorldOptions {
  readonly table: Table;
  /** Happens before and after each read and write of bucket and Step Functions. */
  readonly step?: (label: string) => Promise<void>;
}

/** Bucket, Step Functions and table of a service whose videos live at the test's command. */
export class VideoWorld {
  readonly documents = new Map<string, JobRecord | 'unreadable'>();
  readonly executions = new Map<string, Execution>();
  readonly warnings: string[] = [];
  readonly index: VideoIndex;
  readonly table: Table;
  private readonly step: (label: string) => Promise<void>;

  constructor({ table, step = async () => undefined }: WorldOptions) {
    this.table = table;
    this.step = step;
    this.index = createVideoIndex(table, RULES);
  }

  /** Brings a video into its next phase: first the truth, then the table unless that write fails. */
  async live(videoId: string, phase: Phase, isIndexed = true): Promise<void> {
    await this.step(`${videoId} ${phase}`);
    if (phase === 'accepted') {
      this.executions.set(videoId, executionOf(videoId));
      await this.step(`${videoId} started`);
      if (isIndexed) await this.index.put(claimOf(videoId));
      return;
    }
    if (phase === 'redriven') await this.redrive(videoId);
    // The event that marks the document was lost.
    if (phase === 'redriven' && !isIndexed) return;
    const record = documentIn(phase, this.recordOf(videoId) ?? claimOf(videoId), this.redrivesOf(videoId));
    this.documents.set(videoId, record);
    await this.step(`${videoId} written`);
    if (record.status !== undefined && phase !== 'redriven') this.setStatus(videoId, 'FAILED');
    if (isIndexed) await this.index.put(record);
  }

  /** Step Functions has forgotten it. */
  forget(videoId: string): void {
    this.executions.delete(videoId);
  }

  recordOf(videoId: string): JobRecord | undefined {
    const found = this.documents.get(videoId);
    return found === 'unreadable' ? undefined : found;
  }

  /** What the table should have. */
  expectedItems(videoId: string): readonly object[] {
    const record = this.recordOf(videoId);
    const execution = this.executions.get(videoId);
    const isRunning = execution?.status === 'RUNNING';
    if (record === undefined) return isRunning ? itemsOf(toVideoItems(claimOf(videoId), RULES)) : [];
    const redrive_count = isRunning ? execution.redriveCount : 0;
    const marked = record.finished_at !== undefined && redrive_count > (record.redrives ?? 0);
    const redriven = { redrive_count, at: after(0).toISOString() };
    return itemsOf(toVideoItems(marked ? { ...record, redriven } : record, RULES));
  }

  async reindex(
    given: Partial<ReindexDependencies> = {},
    signal = new AbortController().signal,
  ): Promise<ReindexReport> {
    const counts = createReindexCounts();
    await reindex({ ...this.dependencies(), counts, ...given }, signal);
    return counts.report();
  }

  private async redrive(videoId: string): Promise<void> {
    const { redriveCount } = this.executions.get(videoId) ?? executionOf(videoId);
    this.executions.set(videoId, { ...executionOf(videoId), redriveCount: redriveCount + 1 });
    await this.step(`${videoId} redriven`);
  }

  private setStatus(videoId: string, status: Execution['status']): void {
    const execution = this.executions.get(videoId);
    if (execution !== undefined) this.executions.set(videoId, { ...execution, status });
  }

  private redrivesOf(videoId: string): number {
    return this.executions.get(videoId)?.redriveCount ?? 0;
  }

  private dependencies(): Omit<ReindexDependencies, 'counts'> {
    const { step, documents, executions, table, warnings } = this;
    return {
      bucket: {
        async *listJobs() {
          await step('list');
          const ids = [...documents.keys()].sort();
          for (let from = 0; from < ids.length; from += 2) {
            yield ids.slice(from, from + 2).map((videoId) => ({ videoId, modifiedAt: createdAt }));
            await step('list');
          }
        },
      },
      records: {
        async read(videoId) {
          await step(`read ${videoId}`);
          const record = documents.get(videoId);
          await step(`read ${videoId} answered`);
          if (record === undefined) return { kind: 'absent' };
          return record === 'unreadable' ? { kind: 'unreadable' } : { kind: 'record', record, version: '1' };
        },
      },
      executions: {
        async running() {
          await step('running');
          const all = [...executions.values()].filter(({ status }) => status === 'RUNNING');
          await step('running answered');
          return all;
        },
        async find(name) {
          await step(`find ${name}`);
          const found = executions.get(name);
          await step(`find ${name} answered`);
          return found;
        },
      },
      table,
      rules: RULES,
      warn: ({ message }) => warnings.push(message),
      now: () => after(DAY),
    };
  }
}

/** As `Submit task` makes it. */
export function claimOf(video_id: string): JobRecord {
  const execution_arn = executionKey.execution_arn.replace(/v1$/, video_id);
  return { ...executionKey, video_id, execution_arn, owner: OWNER, request: requestOf(video_id) };
}

function requestOf(videoId: string): object {
  return { template_id: '1', text_inputs: [], metadata: { order: `order of ${videoId}`, other: 'x' } };
}

function executionOf(name: string): Execution {
  const { execution_arn: arn } = claimOf(name);
  const input = { ...requestOf(name), owner: OWNER };
  return { arn, name, status: 'RUNNING', startDate: createdAt, redriveCount: 0, input };
}

function documentIn(phase: Phase, record: JobRecord, redrives: number): JobRecord {
  const { task } = submittedJob;
  if (phase === 'claimed') return record;
  if (phase === 'task') return { ...record, task };
  if (phase === 'failed') return { ...failedRecord(record), redrives };
  if (phase === 'succeeded') return { ...succeededRecord(record), redrives };
  return { ...record, redriven: { redrive_count: redrives, at: after(600).toISOString() } };
}

/** As the table returns them: by their keys, and without attributes that have no value. */
export function itemsOf(items: ReturnType<typeof toVideoItems>): readonly object[] {
  const stored = items.map(({ key, version, attributes }) => ({ ...key, version, ...attributes }));
  return JSON.parse(JSON.stringify(stored.sort((one, other) => (one.sk < other.sk ? -1 : 1))));
}
