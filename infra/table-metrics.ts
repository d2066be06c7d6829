import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MonitoredService, PERIOD } from './metrics.ts';

const NAMESPACE = 'AWS/DynamoDB';

/** The calls that the functions send to the table. `npm run reindex` is an operator's own and is not watched. */
export const TABLE_OPERATIONS = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'] as const;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
type TableMetric = 'ThrottledRequests' | 'SystemErrors';

/**
 * The calls of the functions to the table that ended in one way, as one number.
 *
 * Both metrics have the dimensions `TableName` and `Operation`, and no sum over the operations. An alarm takes ten metrics and no
 * SEARCH, so it adds up the operations of the functions. `ThrottledRequests` also counts a write that an index rejects, but of a batch only
 * one whose reads were all rejected.
 * `ReadThrottleEvents` and `WriteThrottleEvents` do not add the indexes up: twelve metrics, for the table and its five indexes.
 *
 * DynamoDB emits no zeros, and a sum has no value where one of its parts has none. An alarm on DynamoDB's own metric would also stay on
 * after the last error, because CloudWatch ignores missing data of this namespace. So FILL makes zeros.
 * Not yet tested on AWS.
 */
export function tableCalls({ table }: MonitoredService, metricName: TableMetric): IMetric {
  const metrics = TABLE_OPERATIONS.map((operation) => [
    // Unique in a graph with several metrics, and of a form that CloudWatch takes: it begins with a small letter.
    `n${metricName}${operation}`,
    new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { TableName: table.tableName, Operation: operation },
      statistic: 'Sum',
      period: PERIOD,
    }),
  ]);
  return new MathExpression({
    expression: metrics.map(([id]) => `FILL(${id},0)`).join('+'),
    usingMetrics: Object.fromEntries(metrics),
    label: metricName,
    period: PERIOD,
  });
}

/** What the table itself uses, in the units that are charged. */
export function tableUnits({ table }: MonitoredService): readonly IMetric[] {
  const props = { statistic: 'Sum', period: PERIOD };
  return [
    table.metricConsumedReadCapacityUnits({ ...props, label: 'Read units of the table' }),
    table.metricConsumedWriteCapacityUnits({ ...props, label: 'Write units of the table' }),
  ];
}

/** The write units of the indexes, with one line for each. */
export function indexUnits({ table }: MonitoredService): IMetric {
  const schema = `{${NAMESPACE},GlobalSecondaryIndexName,TableName}`;
  const query = `${schema} MetricName="ConsumedWriteCapacityUnits" TableName="${table.tableName}"`;
  return new MathExpression({
    expression: `SEARCH('${query}', 'Sum', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
}
