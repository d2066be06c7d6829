import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ERROR_DIMENSION, METRIC_NAMESPACE, type MetricName } from '../lambdas/core/completion/metrics.ts';
import type { FailureName } from '../lambdas/core/failure.ts';

/** One service, with the parts of which AWS has metrics. */
export interface MonitoredService {
  /** The dimension `service` of its own metrics. */
  readonly serviceName: string;
  readonly stateMachine: StateMachine;
  readonly restApi?: RestApi;
  readonly announceVideo: LambdaFunction;
  readonly table: ITable;
  /** The settings of these names. */
  readonly pollSeconds: number;
  readonly callbacks: boolean;
}

export const PERIOD = Duration.minutes(5);

/** A metric that the functions emit. @param statistic as in `Sum` or `p90`. @param dimensions beside `service` */
export function ownMetric(
  { serviceName }: Pick<MonitoredService, 'serviceName'>,
  metricName: MetricName,
  statistic: string,
  dimensions: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service: serviceName, ...dimensions },
    statistic,
    period: PERIOD,
  });
}

/** The videos that failed with one error name. */
export function failedAs(service: MonitoredService, name: FailureName): Metric {
  return ownMetric(service, 'VideosFailed', 'Sum', { [ERROR_DIMENSION]: name });
}

/** One line for each error name that videos have failed with. */
export function failedByName({ serviceName }: MonitoredService): IMetric {
  const name = 'VideosFailed' satisfies MetricName;
  const schema = `{${METRIC_NAMESPACE},service,${ERROR_DIMENSION}}`;
  const query = `${schema} MetricName="${name}" service="${serviceName}"`;
  return new MathExpression({
    expression: `SEARCH('${query}', 'Sum', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
}
