import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { toServiceName } from '../../infra/naming.ts';
import { appWith, templateOf, testApp } from '../harness/synthesized.ts';

/** Resources whose names need to be unique within a role, an API or a namespace only. */
const NAMED_WITHIN: readonly string[] = [
  'AWS::ApiGateway::Stage',
  'AWS::IAM::Policy',
  'AWS::Lambda::Permission',
];
/** Not the name of a resource. */
const NO_NAME: readonly string[] = ['MetricName'];

/** The names that a template gives its resources, each with its type. They must be unique in a region. */
function physicalNames(template: Template, stackName: string): readonly string[] {
  const { Resources, Outputs = {} } = template.toJSON() as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
    readonly Outputs?: Readonly<Record<string, { readonly Export?: object }>>;
  };
  const named = Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    if (NAMED_WITHIN.includes(Type)) return [];
    const names = Object.entries(Properties).filter(([key]) => /Name$/.test(key) && !NO_NAME.includes(key));
    return names.map(([key, name]) => `${Type} ${key} ${withStack(JSON.stringify(name), stackName)}`);
  });
  const exported = Object.values(Outputs).flatMap(({ Export }) =>
    Export === undefined ? [] : [`export ${JSON.stringify(Export)}`],
  );
  return [...named, ...exported];
}

/** A reference to a resource is another name in each stack. */
function withStack(name: string, stackName: string): string {
  return name.replaceAll(/"Ref":"(?!AWS::)/g, `$&${stackName} `);
}

/** The service names, by which metrics and log lines differ. */
function serviceOf(template: Template): readonly string[] {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  return [
    ...new Set(functions.map(({ Properties }) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME)),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

test('gives no name twice in two stacks of one app, or in two services of one stack', () => {
  const app = new App(testApp());
  const shop = new Stack(app, 'Shop');
  new TemplateVideo(shop, 'Videos', { auth: 'key', callbacks: true });
  new TemplateVideo(shop, 'Drafts', { auth: 'key', callbacks: true });
  const press = new Stack(app, 'Press');
  new TemplateVideo(press, 'Videos', { auth: 'key', callbacks: true });
  const templates = [Template.fromStack(shop), Template.fromStack(press)] as const;
  const names = [...physicalNames(templates[0], 'Shop'), ...physicalNames(templates[1], 'Press')];
  expect(names.length).toBeGreaterThan(12);
  expect(repeated(names)).toEqual([]);
  expect(templates.flatMap(serviceOf)).toEqual(['Shop-Videos', 'Shop-Drafts', 'Press-Videos']);
});

test.each([
  ['shop-eu and Videos, or shop and eu-Videos', ['shop-eu', 'Videos'], ['shop', 'eu-Videos']],
  ['one within another of the same name', ['Shop', 'Shop', 'Videos'], ['Shop', 'Videos']],
  ['characters that names cannot have', ['Shop', 'Videos.A'], ['Shop', 'Videos A']],
  ['a path, and its parts as one', ['Shop', 'A', 'B'], ['Shop', 'A-B']],
  ['very long ones', ['Shop', 'V'.repeat(300)], ['Shop', `${'V'.repeat(299)}W`]],
] as const)('gives services of such paths different names: %s', (_what, ...paths) => {
  const names = paths.map(([stackName, ...path]) => {
    const stack: Construct = new Stack(new App(testApp()), stackName);
    return toServiceName(path.reduce((scope, id) => new Construct(scope, id), stack));
  });
  expect(repeated(names)).toEqual([]);
  for (const name of names) expect(name).toMatch(/^[\w-]{1,200}$/);
});

test('names the stack of this project as set, and its parts after it', () => {
  const template = templateOf(appWith({ context: { stackName: 'shop-test' } }));
  const other = templateOf(appWith());
  const names = [...physicalNames(template, 'shop-test'), ...physicalNames(other, 'TemplateVideo')];
  expect(repeated(names)).toEqual([]);
  expect(serviceOf(template)[0]).toMatch(/^shop-test-TemplateVideo-[0-9a-f]{8}$/);
  expect(serviceOf(other)).toEqual(['TemplateVideo']);
  expect(
    appWith({ context: { stackName: 'shop-test' } })
      .synth()
      .getStackArtifact('TemplateVideo').stackName,
  ).toBe('shop-test');
});

test.each(['', '1shop', 'shop_eu', 'a'.repeat(129), 5])('rejects the stack name %j', (stackName) => {
  expect(() => appWith({ context: { stackName } })).toThrow(
    `Setting stackName is ${JSON.stringify(stackName)}; allowed is 1 to 128 letters, digits and dashes`,
  );
});

test('delivers logs under /aws/vendedlogs/, also from a nested stack', () => {
  const app = new App(testApp());
  const outer = new Stack(new Stage(app, 'Test'), 'Shop');
  const nested = new NestedStack(outer, 'Inner');
  new TemplateVideo(outer, 'Videos');
  new TemplateVideo(nested, 'Videos');
  const names = [outer, nested].flatMap((stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup')).flatMap(
      ({ Properties }) => Properties.LogGroupName ?? [],
    ),
  );
  const delivered = names.filter((name) => typeof name === 'string');
  expect(delivered.toSorted()).toEqual([
    expect.stringMatching(/^\/aws\/vendedlogs\/apigateway\/Test-Shop-Inner-Videos-Api-[0-9a-f]{8}$/),
    expect.stringMatching(/^\/aws\/vendedlogs\/apigateway\/Test-Shop-Videos-Api-[0-9a-f]{8}$/),
    expect.stringMatching(/^\/aws\/vendedlogs\/states\/Test-Shop-Inner-Videos-Workflow-[0-9a-f]{8}$/),
    expect.stringMatching(/^\/aws\/vendedlogs\/states\/Test-Shop-Videos-Workflow-[0-9a-f]{8}$/),
  ]);
});
