import { Aws } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Row,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MetricName } from '../lambdas/core/completion/metrics.ts';
import { failedByName, type MonitoredService, ownMetric, PERIOD } from './metrics.ts';
import { indexUnits, tableCalls, tableUnits } from './table-metrics.ts';

const HALF = 12;

/** Shows how videos end, how long each part takes, and the load on the API, the workflow, the table and MiniMax. */
export function createDashboard(
  scope: Construct,
  service: MonitoredService,
  alarms: readonly Alarm[],
): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', {
    // CloudWatch shares the names of dashboards between regions.
    dashboardName: `${service.serviceName}-${Aws.REGION}`,
  });
  const alarmRow = [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 2 * HALF })];
  for (const widgets of [alarmRow, ...toRows(service)]) dashboard.addWidgets(new Row(...widgets));
  return dashboard;
}

function toRows(service: MonitoredService): readonly (readonly IWidget[])[] {
  const own = (name: MetricName, ...statistics: readonly string[]): readonly IMetric[] =>
    statistics.map((statistic) => ownLine(service, name, statistic));
  return [
    [
      graph(
        'Videos ready, failed, and paid but not delivered; estimated cost ($)',
        (['VideosReady', 'VideosFailed', 'PaidNotDelivered'] as const).flatMap((name) => own(name, 'Sum')),
        own('EstimatedUsd', 'Sum'),
      ),
      graph('Videos failed, by error', [failedByName(service)]),
    ],
    [
      graph('From request to task, and from task to done (s)', [
        ...own('SubmitSeconds', 'p50', 'p90'),
        ...own('GenerateSeconds', 'p50', 'p90'),
      ]),
      graph('From done to the bucket (s)', [
        ...own('CopySeconds', 'p50', 'p90'),
        ...own('DeliveryLagSeconds', 'p50', 'p90'),
      ]),
    ],
    [
      graph('Requests to MiniMax, and its callbacks', [
        ...own('Creates', 'Sum'),
        ...own('Polls', 'Sum'),
        ...(service.callbacks ? own('Callbacks', 'Sum') : []),
      ]),
      graph('Oldest unfinished video (s)', own('WaitingSeconds', 'Maximum')),
    ],
    [
      graph('Stored (bytes)', own('VideoBytes', 'Sum')),
      graph('Ends that could not be announced', own('Unannounced', 'Maximum')),
    ],
    tableWidgets(service),
    [graph('Executions', executionMetrics(service)), ...apiWidgets(service)],
  ];
}

function ownLine(service: MonitoredService, name: MetricName, statistic: string): IMetric {
  const label = statistic === 'Sum' ? name : `${name} ${statistic}`;
  return ownMetric(service, name, statistic).with({ label });
}

function graph(title: string, left: readonly IMetric[], right: readonly IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left: [...left], right: [...right], width: HALF });
}

function executionMetrics({ stateMachine }: MonitoredService): readonly IMetric[] {
  const props = { period: PERIOD };
  return [
    stateMachine.metricStarted(props),
    stateMachine.metricSucceeded(props),
    stateMachine.metricFailed(props),
    stateMachine.metricAborted(props),
    stateMachine.metricTimedOut(props),
    stateMachine.metricThrottled(props),
  ];
}

function tableWidgets(service: MonitoredService): readonly IWidget[] {
  return [
    graph('Table: throttled and failed calls, and videos that it lacked', [
      tableCalls(service, 'ThrottledRequests'),
      tableCalls(service, 'SystemErrors'),
      ownLine(service, 'ItemsBehind', 'Maximum'),
    ]),
    graph('Table: used units', [...tableUnits(service), indexUnits(service)]),
  ];
}

function apiWidgets({ restApi }: MonitoredService): readonly IWidget[] {
  if (restApi === undefined) return [];
  const count = { period: PERIOD, statistic: 'Sum' };
  return [
    graph(
      'API: requests, 4xx, 5xx, and latency (ms)',
      [restApi.metricCount(count), restApi.metricClientError(count), restApi.metricServerError(count)],
      [restApi.metricLatency({ period: PERIOD, statistic: 'p90' })],
    ),
  ];
}
