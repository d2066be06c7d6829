import type { CopiedJob } from '../job/job.ts';
import { claimOf } from '../job/job-record.ts';
import { type AnnouncedRecord, STATEMENT, type VideoRecord } from '../job/record-schema.ts';
import { asRecorded } from '../job/recorded-request.ts';
import { requestDigest } from '../job/request-digest.ts';
import type { Price } from '../minimax/kind.ts';
import { kindNamed, kindOf } from '../minimax/request-kind.ts';
import { truncateLargeRequest } from '../record-failure/explain.ts';
import { withoutLinks } from '../text/links.ts';
import { type JobState, jobStateOf, requestOf } from '../video/execution.ts';
import { toVideo } from '../video/video.ts';
import type { Ended } from './end.ts';
import { type ExecutionStats, type PhaseName, type StateDuration, toPhases } from './history-stats.ts';
import type { MetricValues } from './metrics.ts';

/** The list price of us-east-1: https://aws.amazon.com/step-functions/pricing/ */
export const USD_PER_TRANSITION = 0.025 / 1000;

/** An execution that is over, and all that is known of it. */
export interface EndedVideo {
  readonly execution: Ended;
  readonly tally: ExecutionStats;
  /** MiniMax's, which has its own prices. */
  readonly host: string;
  /** Of this software. */
  readonly version: string;
  /** Of Node, as in `v24.21.0`. */
  readonly nodeVersion: string;
}

/** The whole story of a video, however it ended. */
export function toRecord({ execution, tally, host, version, nodeVersion }: EndedVideo): VideoRecord {
  const { stopDate, redriveCount, recorded } = execution;
  const { request, owner } = requestOf(execution);
  const digest = requestDigest(request);
  const card = jobStateOf(execution);
  const { video_id, status, created_at, elapsed_seconds, error } = toVideo(execution, stopDate);
  const { task, check, video, finished_at: storedAt } = card;
  const phases = toPhases(tally);
  const kind = task === undefined ? kindOf(request) : kindNamed(task.kind);
  const price = kind.price(request, host);
  return {
    execution_arn: execution.arn,
    ...(owner === undefined ? {} : { owner }),
    ...(digest === undefined ? {} : { request_digest: digest }),
    ...(recorded === undefined ? {} : claimOf(recorded)),
    video_id,
    status: status as VideoRecord['status'],
    created_at,
    finished_at: stopDate.toISOString(),
    elapsed_seconds,
    redrives: redriveCount,
    statement: STATEMENT,
    ...(price.name === undefined ? {} : { template_name: price.name }),
    request: truncateLargeRequest(asRecorded(request)),
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    ...(card.callbacks === undefined ? {} : { callbacks: card.callbacks }),
    phases: toRecordedPhases(phases),
    ...(video === undefined ? {} : { ...deadTime(phases.copy, storedAt), video }),
    ...(error === undefined
      ? {}
      : {
          error: {
            Error: error.type,
            Cause: error.detail,
            title: error.title,
            money_spent: error.money_spent,
            retry: error.retry,
          },
        }),
    price: toPrice(tally.transitions, spentOnTask(card, error?.money_spent, price)),
    versions: { template_video: version, node: nodeVersion, catalogue_read_on: price.readOn },
  };
}

/** What is counted of a video when it has ended. */
export function toMetricValues(record: VideoRecord): MetricValues {
  const { error, video, delivery_lag_seconds } = record;
  const values = {
    ...(error === undefined ? { VideosReady: 1 } : { VideosFailed: 1 }),
    PaidNotDelivered: isPaidNotDelivered(record) ? 1 : 0,
    ...timesOfTask(record),
    ...(video === undefined ? {} : { CopySeconds: video.seconds, VideoBytes: video.bytes }),
    ...(delivery_lag_seconds === undefined ? {} : { DeliveryLagSeconds: delivery_lag_seconds }),
  };
  return { values, ...(error === undefined ? {} : { error: error.Error }) };
}

/**
 * Is there something that money was or may have been spent on, and that a person can still get or find out? Not where
 * MiniMax itself says that there is no video, and not where somebody has stopped the execution, who was told.
 */
export function isPaidNotDelivered({ status, error, check }: VideoRecord): boolean {
  if (error === undefined || error.money_spent === 'no') return false;
  return status !== 'cancelled' && check?.status !== 'failed';
}

/** How long MiniMax took over a task, where it was watched without a break; a redrive has been preceded by an end that said so. */
function timesOfTask({ task, redrives, phases }: VideoRecord): MetricValues['values'] {
  const { submit, generate, copy } = phases;
  const isWatched = task !== undefined && !task.adopted && redrives === 0;
  if (!isWatched || submit === undefined || generate === undefined) return {};
  return {
    SubmitSeconds: submit.seconds,
    ...(copy === undefined ? {} : { GenerateSeconds: generate.seconds }),
  };
}

/** The record as it is announced to others: without links, and no larger than an event may be. */
export function toAnnounced(record: VideoRecord): AnnouncedRecord {
  const { execution_arn: _arn, owner: _owner, request_digest: _digest, attempt: _attempt, ...rest } = record;
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

/** An adopted task was paid for, or will be, as another request's. */
function spentOnTask(
  { task }: JobState,
  moneySpent: 'no' | 'maybe' | 'yes' = 'yes',
  { usd }: Price,
): number | null {
  return moneySpent === 'no' || task?.adopted === true ? 0 : usd;
}

function toPrice(transitions: number, template_usd: number | null): VideoRecord['price'] {
  const orchestration_usd = rounded(transitions * USD_PER_TRANSITION, 6);
  const estimated_usd = template_usd === null ? null : rounded(template_usd + orchestration_usd, 6);
  return { template_usd, transitions, orchestration_usd, estimated_usd };
}

/** From MiniMax being done, as first seen, to the file being in the bucket. */
function deadTime(
  copy: StateDuration | undefined,
  storedAt: CopiedJob['finished_at'] | undefined,
): Pick<VideoRecord, 'delivery_lag_seconds'> {
  if (copy === undefined || storedAt === undefined) return {};
  return { delivery_lag_seconds: Math.max(0, (Date.parse(storedAt) - copy.enteredAt.getTime()) / 1000) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
