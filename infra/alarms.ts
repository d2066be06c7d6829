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

/**
 * The alarm must not end while a video is still waiting. A copy may take a quarter of an hour and pause for ten minutes before
 * anything is heard of it again, and a slower poll longer.
 */
function stalledPeriod({ pollSeconds }: MonitoredService): Duration {
  return Duration.minutes(Math.max(30, Math.ceil((2 * pollSeconds) / 60)));
}

interface AlarmRow {
  readonly metric: (watched: MonitoredService) => IMetric | undefined;
  /** It is an alarm when the metric is above this within one period. @default 0 */
  readonly above?: number;
  /** What has happened, and what to do. */
  readonly description: string;
}

/** Every alarm by the id of its construct. The runbook, `docs/operations.md`, says more of each. */
export const ALARMS = {
  PaidNotDelivered: {
    metric: (watched) => ownMetric(watched, 'PaidNotDelivered', 'Sum'),
    description:
      'Money was or may have been spent on a video that is not in the bucket. Open the failed execution, read its cause, and redrive it or adopt the task as the cause says, within hours: MiniMax keeps a finished video for nine. Do not send the request again.',
  },
  KeyRejected: {
    metric: (watched) => failedAs(watched, 'ApiKeyRejected'),
    description:
      "MiniMax refuses the key, or none is stored. Put a valid key of the host's region into the Secrets Manager secret; functions take it within five minutes. Redrive or adopt what had a task already; the other requests cost nothing and can be sent again, with new idempotency keys.",
  },
  NoBalance: {
    metric: (watched) => failedAs(watched, 'InsufficientBalance'),
    description:
      'The MiniMax account has no balance. Top it up; the requests that failed cost nothing and can be sent again, with new idempotency keys.',
  },
  ExecutionsThrottled: {
    metric: ({ stateMachine }) => stateMachine.metricThrottled({ period: PERIOD }),
    description:
      'Step Functions holds executions back because the account makes more state transitions than its quota. Nothing is lost, videos take longer. See what else uses the quota, raise pollSeconds or ask AWS for more.',
  },
  ExecutionsTimedOut: {
    metric: ({ stateMachine }) => stateMachine.metricTimedOut({ period: PERIOD }),
    description:
      'An execution ran two days longer than giveUpAfterHours, which nothing in it explains. Read its history, adopt its task, and report it as a defect.',
  },
  ApiFaults: {
    metric: ({ restApi }) => restApi?.metricServerError({ period: PERIOD, statistic: 'Sum' }),
    description:
      'The API answered 5xx. Find the request_id in the log of the function behind the call. What was asked for may have been started all the same: look at the newest executions before anything is sent again.',
  },
  WaitingLong: {
    metric: (watched) =>
      ownMetric(watched, 'WaitingSeconds', 'Maximum').with({ period: stalledPeriod(watched) }),
    above: 3600,
    description:
      'A video has been waiting for longer than an hour. Open the oldest running executions. In Check task, MiniMax takes its time: nothing has to be done before giveUpAfterHours is over. In Copy video, mend at once what its newest failed attempt names: MiniMax keeps the file for nine hours.',
  },
  Unannounced: {
    metric: (watched) => ownMetric(watched, 'Unannounced', 'Maximum'),
    description:
      'The end of a video could not be recorded or announced, so metrics and events lack it. Read the log of the function AnnounceVideo. It is tried again each hour, for six hours after the end.',
  },
  AnnouncerFails: {
    metric: ({ announceVideo }) => announceVideo.metricErrors({ period: Duration.hours(1) }),
    above: 2,
    description:
      'The function AnnounceVideo fails again and again. Without it nothing is counted, so that other alarms stay silent: read its log and mend it now, and look at the failed executions yourself until then.',
  },
} as const satisfies Readonly<Record<string, AlarmRow>>;

/** The alarms of a service; where it has no API, without the one that is about it. */
export function createAlarms(scope: Construct, watched: MonitoredService): readonly Alarm[] {
  return Object.entries(ALARMS).flatMap(([id, row]) => {
    const { metric: toMetric, above = 0, description }: AlarmRow = row;
    const metric = toMetric(watched);
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
