import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { ShopStack } from '../../examples/bring-your-own.ts';
import { ALARMS } from '../../infra/alarms.ts';
import { TABLE_OPERATIONS } from '../../infra/table-metrics.ts';
import { METRICS } from '../../lambdas/core/completion/metrics.ts';
import { appWith, templateOf, testApp } from '../harness/synthesized.ts';

const template = templateOf(appWith({ context: { alarmEmail: 'operator@example.com' } }));
const without = templateOf(appWith({ context: { monitoring: 'off' } }));

interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic: string;
  readonly Period: number;
  /** Instead of the above, for an expression. */
  readonly Metrics?: readonly MetricQuery[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
}

interface MetricQuery {
  readonly Expression?: string;
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: Pick<AlarmProperties, 'Namespace' | 'MetricName' | 'Dimensions'>;
    readonly Period: number;
    readonly Stat: string;
  };
}

function alarmsOf(of: Template): ReadonlyMap<string, AlarmProperties> {
  const found = Object.entries(of.findResources('AWS::CloudWatch::Alarm'));
  return new Map(
    found.map(([logicalId, { Properties }]) => [
      logicalId.replace(/^TemplateVideoMonitoring(\w+)[0-9A-F]{8}$/, '$1'),
      Properties as AlarmProperties,
    ]),
  );
}

test('has one alarm for each thing that an operator has to act on', () => {
  const ofOneMetric = [...alarmsOf(template)].filter(([, { Metrics }]) => Metrics === undefined);
  const lines = ofOneMetric.map(([id, alarm]) => {
    const { Namespace, MetricName, Dimensions, Statistic, Period, Threshold } = alarm;
    const dimensions = Dimensions.map(({ Name, Value }) =>
      `${Name}=${JSON.stringify(Value)}`.replace(/^(\w+)=\{.*$/, '$1'),
    );
    return `${id}: ${Statistic} of ${Namespace} ${MetricName} {${dimensions.join()}} in ${Period} s > ${Threshold}`;
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "PaidNotDelivered: Sum of TemplateVideo PaidNotDelivered {service="TemplateVideo"} in 300 s > 0",
      "KeyRejected: Sum of TemplateVideo VideosFailed {error="ApiKeyRejected",service="TemplateVideo"} in 300 s > 0",
      "NoBalance: Sum of TemplateVideo VideosFailed {error="InsufficientBalance",service="TemplateVideo"} in 300 s > 0",
      "ExecutionsThrottled: Sum of AWS/States ExecutionThrottled {StateMachineArn} in 300 s > 0",
      "ExecutionsTimedOut: Sum of AWS/States ExecutionsTimedOut {StateMachineArn} in 300 s > 0",
      "ApiFaults: Sum of AWS/ApiGateway 5XXError {ApiName="TemplateVideo"} in 300 s > 0",
      "WaitingLong: Maximum of TemplateVideo WaitingSeconds {service="TemplateVideo"} in 1800 s > 3600",
      "Unannounced: Maximum of TemplateVideo Unannounced {service="TemplateVideo"} in 300 s > 0",
      "AnnouncerFails: Sum of AWS/Lambda Errors {FunctionName} in 3600 s > 2",
      "ItemsBehind: Maximum of TemplateVideo ItemsBehind {service="TemplateVideo"} in 300 s > 0",
    ]
  `);
});

test.each([
  ['TableThrottled', 'ThrottledRequests'],
  ['TableFaults', 'SystemErrors'],
])('adds up the calls of the functions for %s, with zeros where DynamoDB emits nothing', (id, metricName) => {
  const { Metrics = [], Threshold } = alarmsOf(template).get(id) ?? {};
  expect(Threshold).toBe(10);
  const parts = Metrics.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ id: Id, ...MetricStat }] : []));
  // An alarm takes ten metrics at most.
  expect(parts.length).toBeLessThanOrEqual(10);
  expect(
    parts.map(({ Metric: { Namespace, MetricName, Dimensions }, Period, Stat }) => ({
      of: `${Stat} of ${Namespace} ${MetricName} in ${Period} s`,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    })),
  ).toEqual(
    TABLE_OPERATIONS.map((Operation) => ({
      of: `Sum of AWS/DynamoDB ${metricName} in 300 s`,
      dimensions: { TableName: { Ref: expect.stringMatching(/^TemplateVideoTable/) }, Operation },
    })),
  );
  const [{ Expression } = {}] = Metrics.filter((query) => query.Expression !== undefined);
  expect(Expression).toBe(parts.map((part) => `FILL(${part.id},0)`).join('+'));
});

test('watches a table that is not its own', () => {
  const shop = Template.fromStack(new ShopStack(new App(testApp()), 'Shop'));
  const alarm = Object.values(shop.findResources('AWS::CloudWatch::Alarm')).find(
    ({ Properties }) => Properties.AlarmDescription === ALARMS.TableThrottled.description,
  );
  expect(JSON.stringify(alarm)).toContain('{"Name":"TableName","Value":{"Ref":"VideoList');
  const [dashboard] = Object.values(shop.findResources('AWS::CloudWatch::Dashboard'));
  expect(JSON.stringify(dashboard)).toContain('"Ref":"VideoList');
});

test('shows on the dashboard what the table and its indexes use', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const text = JSON.stringify(dashboard);
  for (const part of ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'GlobalSecondaryIndexName'])
    expect(text).toContain(part);
});

test('keeps the alarm on a waiting video through the longest pause between two checks', () => {
  const patient = templateOf(appWith({ context: { pollSeconds: 3600 } }));
  expect(alarmsOf(patient).get('WaitingLong')).toMatchObject({ Period: 7200, Threshold: 3600 });
});

test('says in each alarm what to do, is off without data, and notifies the topic', () => {
  for (const [id, alarm] of alarmsOf(template)) {
    expect(alarm, id).toMatchObject({
      AlarmDescription: ALARMS[id as keyof typeof ALARMS].description,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: expect.stringMatching(/^TemplateVideoMonitoringAlarms/) }],
    });
    expect(alarm.AlarmDescription.length, id).toBeLessThanOrEqual(1024);
  }
});

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
const runbookText = runbook.replaceAll(/\s+/g, ' ');

test('has what the metrics of a month cost in the runbook', () => {
  const cost =
    /\$(?<dollars>[\d.]+) for (?<all>\d+) metrics \((?<named>\d+), and one for each error name that occurs, of which these are four\)/;
  const { dollars, all, named } = cost.exec(runbookText)?.groups ?? {};
  // `VideosFailed` is also a metric for each error name, and a stack without callbacks has no `Callbacks`.
  expect(Number(named)).toBe(Object.keys(METRICS).length - 1);
  expect(Number(all)).toBe(Number(named) + 4);
  expect(Number(dollars)).toBeCloseTo(Number(all) * 0.3);
});

test('has what the alarms of a month cost in the runbook: each metric that an alarm watches', () => {
  const { dollars, watched } =
    /\$(?<dollars>[\d.]+) for alarms, which watch (?<watched>\d+) metrics/.exec(runbookText)?.groups ?? {};
  const metrics = [...alarmsOf(template).values()].map(
    ({ Metrics = [] }) => Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length || 1,
  );
  expect(Number(watched)).toBe(metrics.reduce((sum, count) => sum + count, 0));
  expect(Number(dollars)).toBeCloseTo(Number(watched) * 0.1);
});

test('has every alarm in the runbook, under its own name', () => {
  const headings = [...runbook.matchAll(/^### `(\w+)`$/gm)].map(([, id]) => id);
  expect(headings).toEqual(Object.keys(ALARMS));
});

test('lets CloudWatch of this account publish to the topic, over TLS only, and subscribes the address', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'operator@example.com',
  });
  templateOf(appWith()).resourceCountIs('AWS::SNS::Subscription', 0);
});

test('is off with one setting: no metric, dashboard, alarm or topic', () => {
  for (const type of ['AWS::CloudWatch::Dashboard', 'AWS::CloudWatch::Alarm', 'AWS::SNS::Topic'])
    without.resourceCountIs(type, 0);
  for (const { Properties } of Object.values(without.findResources('AWS::Lambda::Function')))
    expect(Properties.Environment.Variables).toMatchObject({ POWERTOOLS_METRICS_DISABLED: 'true' });
  for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
    expect(Properties.Environment.Variables).toEqual(
      expect.not.objectContaining({ POWERTOOLS_METRICS_DISABLED: expect.anything() }),
    );
});

test('runs the announcer at each end and each redrive of its own executions, and each hour for missed ends', () => {
  const rules = Object.values(template.findResources('AWS::Events::Rule')).map(
    ({ Properties: { EventPattern, ScheduleExpression, Targets } }) => ({
      EventPattern,
      ScheduleExpression,
      targets: Targets.map(({ Arn }: { readonly Arn: object }) =>
        JSON.stringify(Arn).replace(/^.*TemplateVideo(\w+?)[0-9A-F]{8}.*$/, '$1'),
      ),
    }),
  );
  const changeTo = (detail: object) => ({
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [{ Ref: expect.stringMatching(/^TemplateVideoWorkflowStateMachine/) }],
        ...detail,
      },
    },
    targets: ['AnnounceVideo'],
  });
  expect(rules).toEqual([
    changeTo({ status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] }),
    changeTo({ status: ['RUNNING'], redriveCount: [{ numeric: ['>', 0] }] }),
    { ScheduleExpression: 'rate(1 hour)', targets: ['AnnounceVideo'] },
  ]);
});
