import { type Ended, toStopped } from '../../../lambdas/core/completion/end.ts';
import { NO_HISTORY, toForgotten } from '../../../lambdas/core/completion/stale-job.ts';
import { toJobClaim } from '../../../lambdas/core/job/claim.ts';
import type { JobTask, SubmittedJob } from '../../../lambdas/core/job/job.ts';
import { isOver, type JobRecord, parseJobRecord } from '../../../lambdas/core/job/job-record.ts';
import { hasEnded } from '../../../lambdas/core/job/redrive.ts';
import { type Execution, keyOf } from '../../../lambdas/core/video/execution.ts';
import { createPublisher, type End } from '../../../lambdas/io/completion/publisher.ts';
import { markRedriven } from '../../../lambdas/io/completion/redrives.ts';
import type { MarkedClaim } from '../../../lambdas/io/job/claim-steps.ts';
import { recordFailure } from '../../../lambdas/io/job/failure-record.ts';
import { createJobDocuments, type JobObjects } from '../../../lambdas/io/job/job-documents.ts';
import { createJobRecords, type JobRecords } from '../../../lambdas/io/job/job-record.ts';
import type { VideoIndex } from '../../../lambdas/io/table/video-index.ts';
import { NO_PAUSE } from '../../../lambdas/io/timing.ts';
import { after, submittedJob } from '../../harness/running-job.ts';
import { createVersionedObjects } from '../../harness/versioned-objects.ts';

const signal = new AbortController().signal;
const warn = (): undefined => undefined;
const check = { status: 'succeeded', minimax_status: 'Success', polls: 1, elapsed_seconds: 1 } as const;
const video = { bucket: 'b', key: 'k', bytes: 9, sha256: 'ab', content_type: 'video/mp4' } as const;

/** Who asks for a video, and for what. */
export interface Asked {
  readonly videoId: string;
  readonly owner: string;
  readonly request: object;
}

type Index = Pick<VideoIndex, 'put'>;

/** Where the execution is: `sending` has sent a create, `failing` is about to record a failure, `recorded` has written its end. */
type Stage = 'unknown' | 'entered' | 'sending' | 'waiting' | 'failing' | 'recorded' | 'over' | 'gone';

/** One video, with the functions that write its job document. Longer than others, because everything that can happen is one method. */
export class VideoHistory {
  /** Every job document that there was, oldest first. */
  readonly documents: JobRecord[] = [];
  stage: Stage = 'unknown';
  readonly redrives: Execution[] = [];
  /** Those whose event has come. */
  private readonly marks = new Set<Execution>();
  seconds = 0;
  marked: MarkedClaim | undefined;
  /** The end that the announcer is about to publish. */
  found: End | undefined;
  private readonly asked: Asked;
  private readonly index: Index;
  private readonly records: JobRecords;
  private execution: Execution | undefined;
  private readonly ends: Ended[] = [];
  private job: SubmittedJob | undefined;
  private error = '';

  constructor(asked: Asked, index: Index) {
    this.asked = asked;
    this.index = index;
    const { putVersion, readText } = createVersionedObjects();
    const keep = (value: unknown): void => {
      const document = parseJobRecord(JSON.stringify(value));
      if (document !== undefined) this.documents.push(document);
    };
    const bucket: JobObjects = {
      readText,
      async putVersion(key, value, version) {
        const written = await putVersion(key, value, version);
        if (written !== undefined) keep(value);
        return written;
      },
    };
    this.records = createJobRecords(bucket, { documents: createJobDocuments(bucket, NO_PAUSE) });
  }

  get document(): JobRecord | undefined {
    return this.documents.at(-1);
  }

  /** Is there a document without an end that counts? */
  get isUnended(): boolean {
    return this.document !== undefined && !hasEnded(this.document);
  }

  /** A copy takes longer than the announcer and the event of a redrive. */
  get canCopy(): boolean {
    const newest = this.redrives.at(-1);
    const isMarked = newest === undefined || this.marks.has(newest);
    return this.stage === 'waiting' && this.found === undefined && isMarked;
  }

  /** Once Copy video has written its end, its execution ends within milliseconds. */
  get canBeStopped(): boolean {
    const isRunning = !['unknown', 'over', 'gone'].includes(this.stage);
    return isRunning && (this.stage !== 'recorded' || this.error !== '');
  }

  get canBeRedriven(): boolean {
    return this.stage === 'over' && this.running.status !== 'SUCCEEDED';
  }

  async accept(): Promise<void> {
    const { owner, request, videoId: video_id } = this.asked;
    this.start({ ...request, owner });
    const created_at = this.running.startDate.toISOString();
    await this.index.put({ video_id, created_at, execution_arn: '', owner, request });
  }

  start(input: object = this.asked.request): void {
    const name = this.asked.videoId;
    const arn = `arn:aws:states:eu-west-1:123456789012:execution:TemplateVideo:${name}`;
    this.execution = { arn, name, status: 'RUNNING', startDate: this.now(), redriveCount: 0, input };
    this.stage = 'entered';
  }

  async claim(): Promise<void> {
    const claim = this.toClaim(this.asked.request);
    const claimed = await this.records.claimSubmit(claim, 0, signal);
    if (claimed.next === 'follow') return this.follow(claimed.task);
    this.marked = await this.records.beginCreate(claim, claimed.version, this.now());
    this.stage = 'sending';
  }

  /** The task of a create is written down, also after its execution has ended. */
  async recordTask(): Promise<void> {
    if (this.marked === undefined) return;
    const task = { ...submittedJob.task, task_id: `task-${this.asked.videoId}` };
    if (this.stage === 'sending') this.follow(task);
    await this.records.recordTask(this.marked, task).then(this.index.put).catch(warn);
  }

  fail(error: string): void {
    this.error = error;
    this.stage = 'failing';
  }

  async recordFailure(): Promise<void> {
    const { job = {}, running, error } = this;
    const failed = { ...job, error: { Error: error, Cause: 'It has failed.' } };
    const input = {
      ...keyOf(running),
      redrives: running.redriveCount,
      job: { ...(running.input as object), ...failed },
    };
    await recordFailure(this.records, input, { waitSeconds: 0, now: this.now, signal });
    this.stage = 'recorded';
  }

  async copy(): Promise<void> {
    const begunAt = this.now();
    this.seconds += 3;
    const numbers = { seconds: 1, attempts: 1, resumes: 0 };
    const copied = {
      ...this.job,
      check,
      video: { ...video, ...numbers },
      finished_at: this.now().toISOString(),
    };
    await this.records.update(keyOf(this.running), (found) => (isOver(found, begunAt) ? undefined : copied));
    this.error = '';
    this.stage = 'recorded';
  }

  end(status: 'ABORTED' | 'TIMED_OUT' | 'by itself'): Ended {
    const { error, job } = this;
    const byItself =
      error === ''
        ? ({ status: 'SUCCEEDED', output: { ...job, check, video } } as const)
        : ({ status: 'FAILED', error } as const);
    const how = status === 'by itself' ? byItself : { status };
    const ended: Ended = { ...this.running, ...how, stateInput: job, stopDate: this.now() };
    this.execution = ended;
    this.ends.push(ended);
    this.stage = 'over';
    return ended;
  }

  /** DELETE, which writes the end of a video whose task is unknown. */
  async cancel(): Promise<void> {
    const ended = this.end('ABORTED');
    await this.records.update(keyOf(ended), (found) =>
      found?.task !== undefined || hasEnded(found ?? {}) ? undefined : toStopped(ended),
    );
  }

  redrive(): void {
    const { status, stopDate, output, error, ...rest } = this.running;
    this.execution = { ...rest, status: 'RUNNING', redriveCount: rest.redriveCount + 1 };
    this.redrives.push(this.execution);
    if (this.job !== undefined && status === 'FAILED')
      this.job = { ...this.job, redrives: this.execution.redriveCount };
    this.stage = this.job === undefined ? 'entered' : 'waiting';
  }

  async markRedriven(position: number): Promise<void> {
    const redriven = this.redrives[position % this.redrives.length];
    if (redriven === undefined) return;
    const mark = { redrive_count: redriven.redriveCount, at: this.now().toISOString() };
    const { records, index } = this;
    await markRedriven({ records, index, warn }, { key: keyOf(redriven), redriven: mark });
    this.marks.add(redriven);
  }

  /** The announcer finds the end, and publishes it a moment later. */
  findEnd(): void {
    const ended = this.ends.at(-1);
    this.found = ended && { ended, recorded: this.document, stats: NO_HISTORY };
  }

  async publish(): Promise<void> {
    if (this.found === undefined) return;
    const published = await this.publisher.publish(this.found, this.now);
    this.found = undefined;
    if (typeof published !== 'string') await this.index.put(published);
  }

  async endForgotten(): Promise<void> {
    const { document } = this;
    if (document === undefined) return;
    const end = { ended: toForgotten(document, this.now()), recorded: document, stats: NO_HISTORY };
    const published = await this.publisher.publishForgotten(end, this.now);
    if (typeof published !== 'string') await this.index.put(published);
  }

  /** The sweep starts another execution for the task, which takes the document over. */
  async takeOver(): Promise<void> {
    const { document } = this;
    if (document?.task === undefined) return;
    const found = await this.records.read(this.asked.videoId);
    const { task } = document;
    const version = found.kind === 'record' ? found.version : '';
    this.start({ task_id: task.task_id, owner: document.owner, takes_over: version });
    const claim = { ...this.toClaim({ task_id: task.task_id }), task: { ...task, adopted: true } };
    const held = await this.records.claimAdopt(claim, version, signal);
    await this.index.put(held);
    this.follow(held.task ?? task);
  }

  async sweep(): Promise<void> {
    if (this.document !== undefined) await this.index.put(this.document);
  }

  private get running(): Execution {
    if (this.execution === undefined) throw new Error('The video was not started.');
    return this.execution;
  }

  private get publisher() {
    const events = { put: async () => undefined };
    const recordMetadata = { host: 'https://api.minimax.io', version: '1', nodeVersion: 'v24' };
    return createPublisher({ records: this.records, events, recordMetadata, warn });
  }

  private readonly now = (): Date => after(this.seconds);

  private toClaim(request: object) {
    const { running } = this;
    const { owner } = running.input as { readonly owner?: string };
    const given = { ...keyOf(running), redrives: running.redriveCount, retries: 0 };
    return toJobClaim(given, { owner, request }, crypto.randomUUID());
  }

  private follow(task: JobTask): void {
    const { redriveCount: redrives } = this.running;
    this.job = { ...keyOf(this.running), request: this.asked.request, task, wait_seconds: 1, redrives };
    this.stage = 'waiting';
  }
}
