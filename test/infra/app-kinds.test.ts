import {
  App,
  Aspects,
  PermissionsBoundary as BoundaryOfStage,
  CfnResource,
  Stack,
  Stage,
  TagManager,
  Tags,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { testApp } from '../harness/synthesized.ts';

/** With everything that can be made. */
const ALL = { auth: 'key', callbacks: true, alarmEmail: 'operator@example.com' } as const;

function resourcesOf(template: Template) {
  return Object.entries(
    template.toJSON().Resources as Readonly<
      Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
    >,
  );
}

test('has the tags of the app on each resource that can have tags', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  const videos = new TemplateVideo(stack, 'Videos', ALL);
  Tags.of(videos).add('team', 'shop');
  const template = Template.fromStack(stack);
  const taggable = stack.node
    .findAll()
    .filter(
      (each): each is CfnResource => CfnResource.isCfnResource(each) && TagManager.of(each) !== undefined,
    )
    .map((each) => stack.resolve(each.logicalId) as string);
  const tagged = resourcesOf(template).filter(([, { Properties }]) =>
    /"team":"shop"|\{"Key":"team","Value":"shop"\}/.test(JSON.stringify(Properties ?? {})),
  );
  expect(tagged.map(([id]) => id).toSorted()).toEqual(taggable.toSorted());
  const types = new Set(tagged.map(([, { Type }]) => Type));
  for (const type of [
    'AWS::Lambda::Function',
    'AWS::IAM::Role',
    'AWS::S3::Bucket',
    'AWS::DynamoDB::Table',
    'AWS::StepFunctions::StateMachine',
    'AWS::ApiGateway::RestApi',
    'AWS::ApiGateway::Stage',
    'AWS::Logs::LogGroup',
    'AWS::SecretsManager::Secret',
    'AWS::SNS::Topic',
  ])
    expect([...types]).toContain(type);
  const functions = Object.keys(template.findResources('AWS::Lambda::Function'));
  expect(tagged.map(([id]) => id)).toEqual(expect.arrayContaining(functions));
});

test('has what an aspect of the app changes, on each function', () => {
  const stack = new Stack(new App(testApp()), 'Shop');
  new TemplateVideo(stack, 'Videos', ALL);
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      if (node instanceof CfnFunction) node.reservedConcurrentExecutions = 7;
    },
  });
  Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
    ReservedConcurrentExecutions: 7,
  });
});

test.each([
  ['the stack', { isOfStage: false }],
  ['the stage', { isOfStage: true }],
])('has the permissions boundary of %s on each role', (_whose, { isOfStage }) => {
  const permissionsBoundary = BoundaryOfStage.fromName('developers');
  const stack = new Stack(
    new Stage(new App(testApp()), 'Live', isOfStage ? { permissionsBoundary } : {}),
    'Shop',
  );
  new TemplateVideo(stack, 'Videos', ALL);
  const boundary = ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'developers');
  if (!isOfStage) PermissionsBoundary.of(stack).apply(boundary);
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(15);
  for (const { Properties } of roles)
    expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/developers');
});

test('stands in several stages of one app, each with its own names', () => {
  const app = new App(testApp());
  const stages = ['Test', 'Live'].map((name) => {
    const stage = new Stage(app, name, { env: { account: '111122223333', region: 'eu-west-1' } });
    const stack = new Stack(stage, 'Shop');
    const videos = new TemplateVideo(stack, 'Videos');
    return { stage, stack, videos };
  });
  for (const { stage, stack, videos } of stages) {
    const name = `${stage.node.id}-Shop`;
    const [artifact] = stage.synth().stacks;
    expect(artifact?.stackName).toBe(name);
    expect(videos.serviceName.startsWith(`${name}-Videos`)).toBe(true);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: videos.serviceName }),
      },
    });
  }
  expect(new Set(stages.map(({ videos }) => videos.serviceName)).size).toBe(2);
});

test('is deployed by a pipeline of the CDK, with its bundles as assets', () => {
  const app = new App(testApp());
  const env = { account: '111122223333', region: 'eu-west-1' };
  const delivery = new Stack(app, 'Delivery', { env });
  const source = CodePipelineSource.connection('shop/videos', 'main', {
    connectionArn: 'arn:aws:codestar-connections:eu-west-1:111122223333:connection/1',
  });
  const synth = new ShellStep('Synth', { input: source, commands: ['npx cdk synth'] });
  const pipeline = new CodePipeline(delivery, 'Pipeline', { synth });
  const stage = new Stage(app, 'Live', { env });
  const stack = new Stack(stage, 'Shop');
  const videos = new TemplateVideo(stack, 'Videos');
  pipeline.addStage(stage);
  const template = Template.fromStack(delivery);
  const [found] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  const stages = found?.Properties.Stages as readonly {
    readonly Name: string;
    readonly Actions: readonly {
      readonly Name: string;
      readonly Configuration?: { readonly StackName?: string };
    }[];
  }[];
  expect(stages.map(({ Name }) => Name)).toEqual(['Source', 'Build', 'UpdatePipeline', 'Assets', 'Live']);
  const deployed = stages.at(-1)?.Actions.map(({ Configuration }) => Configuration?.StackName);
  expect(new Set(deployed)).toEqual(new Set(['Live-Shop']));
  const assets = stages.find(({ Name }) => Name === 'Assets')?.Actions ?? [];
  const bundles = Object.keys(videos.functions).length;
  expect(assets.length).toBeGreaterThanOrEqual(bundles);
});

test('stands several times in a stack, and in several stacks of an account', () => {
  const app = new App(testApp());
  const shop = new Stack(app, 'Shop');
  const services = [
    new TemplateVideo(shop, 'Videos'),
    new TemplateVideo(shop, 'Drafts'),
    new TemplateVideo(new Stack(app, 'Press'), 'Videos'),
  ];
  expect(services.map(({ serviceName }) => serviceName)).toEqual([
    'Shop-Videos',
    'Shop-Drafts',
    'Press-Videos',
  ]);
  const names = services.flatMap((service) =>
    Object.values(Template.fromStack(Stack.of(service)).toJSON().Resources as Record<string, never>)
      .map((resource: { readonly Properties?: Readonly<Record<string, unknown>> }) => resource.Properties)
      .flatMap((properties) => properties?.DashboardName ?? []),
  );
  expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(3);
  const { Outputs } = Template.fromStack(shop).toJSON();
  expect(Object.values(Outputs as Record<string, object>).filter((output) => 'Export' in output)).toEqual([]);
});
