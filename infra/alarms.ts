import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { failedAs, type MonitoredService, ownMetric, PERIOD } from './metrics.ts';
import { tableCalls } from './table-metrics.ts';

/**
 * A waiting video emits its metric at least once in this period, so that the alarm lasts as long as the wait. A copy
 * runs for up to 15 minutes and pauses for 10; slow polling pauses longer.
 */
function stalledPeriod({ pollSeconds }: MonitoredService): Duration {
  return Duration.minutes(Math.max(30, Math.ceil((2 * pollSeconds) / 60)));
}

/** Each function repeats a failed call once, and the hourly sweep mends what the table lacks. So a few failed calls need no operator. */
const FAILED_CALLS = 10;

interface AlarmRow {
  readonly metric: (service: MonitoredService) => IMetric | undefined;
  /** The alarm goes off when the metric is above this within one period. @default 0 */
  readonly above?: number;
  /** What happened, and what to do. */
  readonly description: string;
}

/** Every alarm by the id of its construct. `docs/operations.md` has a section on each. */
export const ALARMS = {
  PaidNotDelivered: {
    metric: (service) => ownMetric(service, 'PaidNotDelivered', 'Sum'),
    description:
      'Money was or may have been spent on a video that is not in the bucket. Open the failed execution and read its cause. Redrive it, or adopt the task for its owner as the runbook says, within nine hours, for which MiniMax keeps a finished video. Do not send the request again.',
  },
  KeyRejected: {
    metric: (service) => failedAs(service, 'ApiKeyRejected'),
    description:
      "MiniMax rejects the key, or no key is stored. Put a valid key of the host's region into the Secrets Manager secret; functions use it within five minutes. Redrive executions that have a task. The other requests cost nothing: send them again with new idempotency keys.",
  },
  NoBalance: {
    metric: (service) => failedAs(service, 'InsufficientBalance'),
    description:
      'The MiniMax account has no balance. Top it up. The requests that failed cost nothing: send them again with new idempotency keys.',
  },
  ExecutionsThrottled: {
    metric: ({ stateMachine }) => stateMachine.metricThrottled({ period: PERIOD }),
    description:
      'Step Functions delays executions because the account exceeds its quota of state transitions. Nothing is lost, but videos take longer. Find what else uses the quota, raise pollSeconds, or ask AWS for a higher quota.',
  },
  ExecutionsTimedOut: {
    metric: ({ stateMachine }) => stateMachine.metricTimedOut({ period: PERIOD }),
    description:
      'An execution ran two days longer than giveUpAfterHours, which no retry policy explains. Read its history, adopt its task, and report a defect.',
  },
  ApiFaults: {
    metric: ({ restApi }) => restApi?.metricServerError({ period: PERIOD, statistic: 'Sum' }),
    description:
      'The API answered 5xx. Find the request_id in the log of the function behind the call. The request may have been executed: check the newest executions before you send it again.',
  },
  WaitingLong: {
    metric: (service) =>
      ownMetric(service, 'WaitingSeconds', 'Maximum').with({ period: stalledPeriod(service) }),
    above: 3600,
    description:
      'A video has been waiting for longer than an hour. Open the oldest running executions. In Check task, MiniMax is slow: you need not act before giveUpAfterHours is over. In Copy video, fix what its newest failed attempt names at once: MiniMax keeps the file for nine hours.',
  },
  Unannounced: {
    metric: (service) => ownMetric(service, 'Unannounced', 'Maximum'),
    description:
      'The end of a video could not be recorded or announced, so metrics and events lack it. Read the log of the function AnnounceVideo. The hourly sweep tries again, until six hours after the end.',
  },
  AnnouncerFails: {
    metric: ({ announceVideo }) => announceVideo.metricErrors({ period: Duration.hours(1) }),
    above: 2,
    description:
      'The function AnnounceVideo fails repeatedly. Without it nothing is counted, so other alarms do not go off. Read its log and fix the cause now. Until then, check the failed executions yourself.',
  },
  TableThrottled: {
    metric: (service) => tableCalls(service, 'ThrottledRequests'),
    above: FAILED_CALLS,
    description:
      'DynamoDB rejects calls to the table or its indexes because there are too many. Videos continue. Lists may lack the newest ones, and callers get 503 for lists, adoptions and counted starts. Raise the maximum throughput of the table or the quota of the account, or find what else uses the table.',
  },
  TableFaults: {
    metric: (service) => tableCalls(service, 'SystemErrors'),
    above: FAILED_CALLS,
    description:
      'DynamoDB itself fails calls to the table. Videos continue. Lists may lack the newest ones, and callers get 503 for lists, adoptions and counted starts. Read the AWS Health Dashboard of the region and wait. Each hour the sweep adds what the table lacks.',
  },
  ItemsBehind: {
    metric: (service) => ownMetric(service, 'ItemsBehind', 'Maximum'),
    description:
      'The table lacked videos, or showed them as they were earlier. The hourly sweep has found them, so they are listed again, and nothing is lost. If this repeats, find why functions cannot write to the table: read their warnings in the logs. After the table was emptied, restored or replaced, run npm run reindex.',
  },
} as const satisfies Readonly<Record<string, AlarmRow>>;

/** The alarms of a service. One without an API has no alarm about the API. */
export function createAlarms(scope: Construct, service: MonitoredService): readonly Alarm[] {
  return Object.entries(ALARMS).flatMap(([id, row]) => {
    const { metric: toMetric, above = 0, description }: AlarmRow = row;
    const metric = toMetric(service);
    return metric === undefined ? [] : [new Alarm(scope, id, toAlarmProps(metric, above, description))];
  });
}

function toAlarmProps(metric: IMetric, above: number, alarmDescription: string): AlarmProps {
  return {
    metric,
    threshold: above,
    alarmDescription,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
}
