import { USD_PER_TRANSITION } from '../../lambdas/core/completion/video-record.ts';
import type { TableUnits, Traffic } from './traffic.ts';

/** List prices of us-east-1 in US dollars, read in November 2026, without free tiers. */
const PRICES = {
  /** https://aws.amazon.com/step-functions/pricing/ */
  transition: USD_PER_TRANSITION,
  /** https://aws.amazon.com/lambda/pricing/ (arm64) */
  invocation: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  /** https://aws.amazon.com/s3/pricing/ */
  s3Write: 0.005 / 1000,
  s3Read: 0.0004 / 1000,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ (standard table class) */
  tableWriteUnit: 0.625 / 1e6,
  tableReadUnit: 0.125 / 1e6,
  /** https://aws.amazon.com/api-gateway/pricing/ (REST) */
  apiRequest: 3.5 / 1e6,
  /** https://aws.amazon.com/eventbridge/pricing/ (custom events) */
  event: 1 / 1e6,
  /** https://aws.amazon.com/cloudwatch/pricing/ (logs, ingested) */
  logGigabyte: 0.5,
  /** https://aws.amazon.com/xray/pricing/ */
  trace: 5 / 1e6,
} as const;

/** What one video used. */
export interface Usage extends Traffic, TableUnits {
  readonly transitions: number;
  readonly invocations: number;
  readonly lambdaMs: number;
  readonly gigabyteSeconds: number;
  readonly logBytes: number;
  readonly lagSeconds: number;
}

export function toDollars(usage: Usage): number {
  return (
    usage.transitions * PRICES.transition +
    usage.invocations * PRICES.invocation +
    usage.gigabyteSeconds * PRICES.gigabyteSecond +
    usage.s3Writes * PRICES.s3Write +
    usage.s3Reads * PRICES.s3Read +
    usage.tableWriteUnits * PRICES.tableWriteUnit +
    usage.tableReadUnits * PRICES.tableReadUnit +
    usage.apiRequests * PRICES.apiRequest +
    usage.events * PRICES.event +
    // Each request of the API and each end of a video begins a trace. X-Ray samples nearly all at this rate.
    (usage.apiRequests + 1) * PRICES.trace +
    (usage.logBytes / 1e9) * PRICES.logGigabyte
  );
}
