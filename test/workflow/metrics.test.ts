import { afterAll, beforeAll, expect, test } from 'vitest';
import { TABLE_OPERATIONS } from '../../infra/table-metrics.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lambdas/core/completion/metrics.ts';
import { readTemplate } from '../../local/template/template.ts';
import {
  REQUEST,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

let stack: SimulatedStack;
let running: RunningService;
beforeAll(async () => {
  stack = await synthesizeForSimulator({ callbacks: true });
  running = await serve(stack, { waitMs: 60_000 });
  await running.run(REQUEST, { queries: ['Processing', 'Success'] });
  await running.run(REQUEST, { create: { code: 1004 } });
  await running.run(REQUEST, { create: { code: 1008 } });
  await running.run(REQUEST, { create: { reply: 'lost' } });
  await running.run(REQUEST, { queries: ['Fail'] });
  await running.service.bus.tick();
});
afterAll(async () => {
  await running.stop();
  await stack.stop();
});

/** A line in the embedded metric format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
interface MetricLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

function metricLines(): readonly MetricLine[] {
  const lines = running.log().split('\n');
  return lines.filter((line) => line.includes('"CloudWatchMetrics"')).map((line) => JSON.parse(line));
}

/** One value of one metric, as CloudWatch tells it from others: `Namespace Name {dimension=value,…}`. */
interface Emitted {
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
}

function emitted(): readonly Emitted[] {
  return metricLines().flatMap((line) =>
    line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }) => ({
          metric: named(Namespace, Name, Object.fromEntries(names.map((name) => [name, String(line[name])]))),
          unit: Unit,
          values: [line[Name]].flat() as number[],
        })),
      ),
    ),
  );
}

function named(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return `${namespace} ${name} {${pairs.toSorted().join()}}`;
}

function valuesOf(name: string, dimensions = ''): readonly number[] {
  const metric = `${METRIC_NAMESPACE} ${name} {${dimensions}service=TemplateVideo}`;
  return emitted()
    .filter((each) => each.metric === metric)
    .flatMap(({ values }) => values);
}

interface Widget {
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

/** What the dashboard asks for: metrics by their full name, and searches for all of one schema of the functions' own. */
async function asked(): Promise<{
  readonly metrics: readonly string[];
  readonly searches: readonly string[];
}> {
  const template = await readTemplate(stack.assembly);
  const [dashboard] = template.resources('AWS::CloudWatch::Dashboard').values();
  const { widgets } = JSON.parse(String(dashboard?.DashboardBody)) as { readonly widgets: readonly Widget[] };
  const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const expressions = rows.flatMap(([first]) => (first as { readonly expression?: string }).expression ?? []);
  const searches = expressions.filter((text) => text.startsWith(`SEARCH('{${METRIC_NAMESPACE},`));
  const metrics = rows.flatMap((row) => {
    const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string');
    if (namespace === undefined || name === undefined) return [];
    const pairs = rest.flatMap((part, index) => (index % 2 === 0 ? [[part, rest[index + 1]]] : []));
    return [named(namespace, name, Object.fromEntries(pairs))];
  });
  return { metrics, searches };
}

/** Does a search of the form `{Namespace,dimension,…} MetricName="…" dimension="…"` find this metric? */
function finds(search: string, metric: string): boolean {
  const [, namespace, dimensions = '', name, service] =
    /SEARCH\('\{(\w+),([\w,]+)\} MetricName="(\w+)" service="([\w-]+)"'/.exec(search) ?? [];
  const [, given = ''] = /\{(.*)\}$/.exec(metric) ?? [];
  const names = given.split(',').map((pair) => pair.split('=')[0]);
  return (
    metric.startsWith(`${namespace} ${name} {`) &&
    given.split(',').includes(`service=${service}`) &&
    names.toSorted().join() === dimensions.split(',').toSorted().join()
  );
}

test('emits every metric that there is, in its unit, with the service as its only dimension but for the error', () => {
  const units = new Map(emitted().map(({ metric, unit }) => [metric, unit]));
  expect(Object.fromEntries([...units].toSorted())).toMatchInlineSnapshot(`
    {
      "TemplateVideo Callbacks {service=TemplateVideo}": "Count",
      "TemplateVideo CopySeconds {service=TemplateVideo}": "Seconds",
      "TemplateVideo Creates {service=TemplateVideo}": "Count",
      "TemplateVideo DeliveryLagSeconds {service=TemplateVideo}": "Seconds",
      "TemplateVideo EstimatedUsd {service=TemplateVideo}": "None",
      "TemplateVideo GenerateSeconds {service=TemplateVideo}": "Seconds",
      "TemplateVideo ItemsBehind {service=TemplateVideo}": "Count",
      "TemplateVideo PaidNotDelivered {service=TemplateVideo}": "Count",
      "TemplateVideo Polls {service=TemplateVideo}": "Count",
      "TemplateVideo SubmitSeconds {service=TemplateVideo}": "Seconds",
      "TemplateVideo Unannounced {service=TemplateVideo}": "Count",
      "TemplateVideo VideoBytes {service=TemplateVideo}": "Bytes",
      "TemplateVideo VideosFailed {error=ApiKeyRejected,service=TemplateVideo}": "Count",
      "TemplateVideo VideosFailed {error=GenerationFailed,service=TemplateVideo}": "Count",
      "TemplateVideo VideosFailed {error=InsufficientBalance,service=TemplateVideo}": "Count",
      "TemplateVideo VideosFailed {error=SubmitOutcomeUnknown,service=TemplateVideo}": "Count",
      "TemplateVideo VideosFailed {service=TemplateVideo}": "Count",
      "TemplateVideo VideosReady {service=TemplateVideo}": "Count",
      "TemplateVideo WaitingSeconds {service=TemplateVideo}": "Seconds",
    }
  `);
  const names = new Set([...units.keys()].map((metric) => metric.split(' ')[1]));
  expect([...names].toSorted()).toEqual(Object.keys(METRICS).toSorted());
});

test('counts each of the runs as what it was', () => {
  expect(valuesOf('VideosReady')).toEqual([1]);
  expect(valuesOf('VideosFailed', 'error=ApiKeyRejected,')).toEqual([1]);
  expect(valuesOf('VideosFailed', 'error=GenerationFailed,')).toEqual([1]);
  expect(valuesOf('PaidNotDelivered')).toEqual([0, 0, 0, 1, 0]);
  expect(valuesOf('Creates')).toEqual([1, 1, 1, 1, 1]);
  // Two looks and the link of the first run, one look of the last.
  expect(valuesOf('Polls')).toEqual([1, 1, 1, 1]);
  expect(valuesOf('VideoBytes')).toEqual([64331]);
  expect(valuesOf('Unannounced')).toEqual([0]);
  expect(valuesOf('ItemsBehind')).toEqual([0]);
  for (const name of [
    'SubmitSeconds',
    'GenerateSeconds',
    'CopySeconds',
    'DeliveryLagSeconds',
    'WaitingSeconds',
  ]) {
    expect(valuesOf(name).length, name).toBeGreaterThan(0);
    for (const value of valuesOf(name)) expect(value, name).toBeGreaterThanOrEqual(0);
  }
});

test('shows on the dashboard all that is emitted, and emits all that the dashboard asks for', async () => {
  const { metrics, searches } = await asked();
  const own = metrics.filter((metric) => metric.startsWith(METRIC_NAMESPACE));
  const known = new Set(emitted().map(({ metric }) => metric));
  expect(own.filter((metric) => !known.has(metric))).toEqual([]);
  expect(searches.filter((search) => ![...known].some((metric) => finds(search, metric)))).toEqual([]);
  expect(
    [...known].filter((metric) => !own.includes(metric) && !searches.some((search) => finds(search, metric))),
  ).toEqual([]);
});

test('emits all that the alarms of its own namespace watch', async () => {
  const template = await readTemplate(stack.assembly);
  const known = new Set(emitted().map(({ metric }) => metric));
  const watched = [...template.resources('AWS::CloudWatch::Alarm').values()].flatMap((alarm) => {
    const dimensions = alarm.Dimensions as readonly { readonly Name: string; readonly Value: string }[];
    if (alarm.Namespace !== METRIC_NAMESPACE) return [];
    const pairs = dimensions.map(({ Name, Value }) => [Name, Value]);
    return [named(METRIC_NAMESPACE, String(alarm.MetricName), Object.fromEntries(pairs))];
  });
  expect(watched).toHaveLength(6);
  expect(watched.filter((metric) => !known.has(metric))).toEqual([]);
});

test('asks AWS for metrics that its services have, of the resources of this stack', async () => {
  const { metrics } = await asked();
  const template = await readTemplate(stack.assembly);
  const [machine = ''] = [...template.resources('AWS::StepFunctions::StateMachine').keys()];
  const [TableName = ''] = [...template.resources('AWS::DynamoDB::Table').keys()];
  const states = `{StateMachineArn=${template.arnOf(machine)}}`;
  expect(metrics.filter((metric) => !metric.startsWith(METRIC_NAMESPACE))).toEqual([
    ...['ThrottledRequests', 'SystemErrors'].flatMap((what) =>
      TABLE_OPERATIONS.map(
        (operation) => `AWS/DynamoDB ${what} {Operation=${operation},TableName=${TableName}}`,
      ),
    ),
    ...['Read', 'Write'].map((what) => `AWS/DynamoDB Consumed${what}CapacityUnits {TableName=${TableName}}`),
    ...['Started', 'Succeeded', 'Failed', 'Aborted'].map((what) => `AWS/States Executions${what} ${states}`),
    `AWS/States ExecutionsTimedOut ${states}`,
    `AWS/States ExecutionThrottled ${states}`,
    ...['Count', '4XXError', '5XXError', 'Latency'].map(
      (what) => `AWS/ApiGateway ${what} {ApiName=TemplateVideo}`,
    ),
  ]);
  const [api] = template.resources('AWS::ApiGateway::RestApi').values();
  expect(api?.Name).toBe('TemplateVideo');
});
