import type { Video } from '../api/response.ts';
import type { MoneySpent } from '../failure.ts';
import type { JobTask } from '../job/job.ts';
import { claimOf } from '../job/job-record.ts';
import { type AnnouncedRecord, STATEMENT, type VideoRecord } from '../job/record-schema.ts';
import { asRecorded } from '../job/recorded-request.ts';
import { requestDigest } from '../job/request-digest.ts';
import type { Price } from '../minimax/kind.ts';
import { kindNamed, kindOf } from '../minimax/request-kind.ts';
import { truncateLargeRequest } from '../record-failure/explain.ts';
import { withoutLinks } from '../text/links.ts';
import { jobStateOf, requestOf } from '../video/execution.ts';
import { toVideo } from '../video/video.ts';
import type { Ended } from './end.ts';
import { type ExecutionStats, type PhaseName, type StateDuration, toPhases } from './history-stats.ts';
import type { MetricValues } from './metrics.ts';

/** The list price of us-east-1: https://aws.amazon.com/step-functions/pricing/ */
export const USD_PER_TRANSITION = 0.025 / 1000;

/** An execution that has ended, with what its record is made of. */
export interface EndedVideo {
  readonly execution: Ended;
  readonly stats: ExecutionStats;
  /** MiniMax's host, which has its own prices. */
  readonly host: string;
  /** Of this software. */
  readonly version: string;
  /** Of Node, as in `v24.21.0`. */
  readonly nodeVersion: string;
}

/** The record of a video that has ended: `job.json`, and the detail of its event. */
export function toRecord({ execution, stats, host, version, nodeVersion }: EndedVideo): VideoRecord {
  const { stopDate, redriveCount, recorded, arn } = execution;
  const { request, owner } = requestOf(execution);
  const { task, check, callbacks, video, finished_at: storedAt } = jobStateOf(execution);
  const { video_id, status, created_at, elapsed_seconds, error } = toVideo(execution, stopDate);
  const phases = toPhases(stats);
  const price = priceOf(request, task, host);
  const claim = recorded && claimOf(recorded);
  return {
    execution_arn: arn,
    owner,
    request_digest: requestDigest(request),
    ...claim,
    video_id,
    status: status as VideoRecord['status'],
    created_at,
    finished_at: stopDate.toISOString(),
    elapsed_seconds,
    redrives: redriveCount,
    statement: STATEMENT,
    template_name: price.name,
    request: truncateLargeRequest(asRecorded(request)),
    task: task ?? claim?.task,
    check,
    callbacks,
    phases: toRecordedPhases(phases),
    delivery_lag_seconds: video && deliveryLagSeconds(phases.copy, storedAt),
    video,
    error: error && fromVideoError(error),
    price: toPrice(stats.transitions, spentOnTask(task, error?.money_spent, price)),
    versions: { template_video: version, node: nodeVersion, catalogue_read_on: price.readOn },
  };
}

/** By the kind of the task. A request that adopts a task does not show it. */
function priceOf(request: unknown, task: JobTask | undefined, host: string): Price {
  const kind = task === undefined ? kindOf(request) : kindNamed(task.kind);
  return kind.price(request, host);
}

function fromVideoError({ type, detail, title, money_spent, retry }: NonNullable<Video['error']>) {
  return { Error: type, Cause: detail, title, money_spent, retry };
}

/** What is counted of a video when it has ended. */
export function toMetricValues(record: VideoRecord): MetricValues {
  const { error, video, delivery_lag_seconds } = record;
  const all = {
    VideosReady: error === undefined ? 1 : undefined,
    VideosFailed: error === undefined ? undefined : 1,
    PaidNotDelivered: isPaidNotDelivered(record) ? 1 : 0,
    EstimatedUsd: isFirstEnd(record) ? (record.price.estimated_usd ?? undefined) : undefined,
    ...timesOfTask(record),
    CopySeconds: video?.seconds,
    VideoBytes: video?.bytes,
    DeliveryLagSeconds: delivery_lag_seconds,
  };
  const values = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { values, error: error?.Error };
}

/**
 * `PaidNotDelivered`: money was or may have been spent, and a person can still get the video. False where MiniMax says that there
 * is no video, and where a person has stopped the execution.
 */
export function isPaidNotDelivered({ status, error, check }: VideoRecord): boolean {
  if (error === undefined || error.money_spent === 'no') return false;
  return status !== 'cancelled' && check?.status !== 'failed';
}

/** Whether this end is the first one after the create. A redrive continues a task whose cost has been counted. */
function isFirstEnd({ redrives, attempt }: VideoRecord): boolean {
  return redrives === (attempt?.redrive_count ?? 0);
}

/** How long MiniMax worked on a task. Unknown for an adopted task and after a redrive, because it was not checked in between. */
function timesOfTask({ task, redrives, phases }: VideoRecord) {
  const { submit, generate, copy } = phases;
  const isWatched = task !== undefined && !task.adopted && redrives === 0;
  if (!isWatched || submit === undefined || generate === undefined) return {};
  return { SubmitSeconds: submit.seconds, GenerateSeconds: copy && generate.seconds };
}

/** The record as it is announced to others: without links, and no larger than an event may be. */
export function toAnnounced(record: VideoRecord): AnnouncedRecord {
  const { execution_arn: _arn, owner: _owner, request_digest: _digest, attempt: _attempt, ...end } = record;
  const { announced_at: _announced, redriven: _redriven, ...rest } = end;
  return { ...rest, request: truncateLargeRequest(withoutLinks(record.request)) };
}

function toRecordedPhases(
  phases: Readonly<Partial<Record<PhaseName, StateDuration>>>,
): VideoRecord['phases'] {
  return Object.fromEntries(
    Object.entries(phases).map(([name, { enteredAt, seconds }]) => [
      name,
      { started_at: enteredAt.toISOString(), seconds: rounded(seconds, 3) },
    ]),
  );
}

/** Another request has paid for an adopted task. */
function spentOnTask(
  task: JobTask | undefined,
  moneySpent: MoneySpent = 'yes',
  { usd }: Price,
): number | null {
  return moneySpent === 'no' || task?.adopted === true ? 0 : usd;
}

function toPrice(transitions: number, template_usd: number | null): VideoRecord['price'] {
  const orchestration_usd = rounded(transitions * USD_PER_TRANSITION, 6);
  const estimated_usd = template_usd === null ? null : rounded(template_usd + orchestration_usd, 6);
  return { template_usd, transitions, orchestration_usd, estimated_usd };
}

/** From the first check that saw MiniMax done to the file in the bucket. */
function deliveryLagSeconds(
  copy: StateDuration | undefined,
  storedAt: string | undefined,
): number | undefined {
  if (copy === undefined || storedAt === undefined) return undefined;
  return Math.max(0, (Date.parse(storedAt) - copy.enteredAt.getTime()) / 1000);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
