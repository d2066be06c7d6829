import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import {
  type ITemplateVideo,
  TemplateVideo,
  type TemplateVideoAttributes,
  type TemplateVideoProps,
} from '../../infra/index.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { FUNCTION_ENVIRONMENT } from '../../lambdas/core/environment.ts';
import { testApp } from '../harness/synthesized.ts';

function newStack(): Stack {
  return new Stack(new App(testApp()), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
}

function own(props: TemplateVideoProps = {}, stack = newStack()): TemplateVideo {
  return new TemplateVideo(stack, 'Videos', props);
}

const ATTRIBUTES: TemplateVideoAttributes = {
  stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:Videos',
  bucketName: 'shop-videos',
  tableName: 'shop-video-list',
  restApiId: 'a1b2c3d4e5',
  serviceName: 'Shop-Videos',
};

function imported(attributes: Partial<TemplateVideoAttributes> = {}, stack = newStack()): ITemplateVideo {
  return TemplateVideo.fromAttributes(stack, 'Imported', { ...ATTRIBUTES, ...attributes });
}

const BOTH = [
  ['of this app', own],
  ['that is imported', imported],
] as const;

function templateOf({ stack }: { readonly stack: Stack }): Template {
  return Template.fromStack(stack);
}

/** The methods that a role may invoke, as in `POST /videos`. */
function methodsOf(service: ITemplateVideo, grant: 'grantStart' | 'grantRead' | 'grantCancel') {
  const stack = Stack.of(service);
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  service[grant](role).assertSuccess();
  const [policy] = Object.entries(templateOf({ stack }).findResources('AWS::IAM::Policy')).flatMap(
    ([id, found]) => (id.startsWith('Caller') ? [found] : []),
  );
  const statements = policy?.Properties.PolicyDocument.Statement;
  expect(statements).toMatchObject([{ Action: 'execute-api:Invoke', Effect: 'Allow' }]);
  return [statements[0].Resource as object]
    .flat()
    .map((resource) => {
      const text = [...JSON.stringify(resource).matchAll(/"(:[^"]*|\/[^"]*)"/g)]
        .map(([, part]) => part)
        .join('');
      expect(text).toMatch(/:execute-api:eu-west-1:111122223333:.*\/prod\//);
      return text.replace(/^.*\/prod\/([A-Z]+)/, '$1 ');
    })
    .toSorted();
}

test.each(BOTH)('grants exactly the methods of each access, of a service %s', (_whose, create) => {
  expect(methodsOf(create(), 'grantStart')).toEqual([
    'GET /templates',
    'GET /workflow',
    'POST /uploads',
    'POST /videos',
  ]);
  expect(methodsOf(create(), 'grantRead')).toEqual([
    'GET /templates',
    'GET /usage',
    'GET /videos',
    'GET /videos/*',
    'GET /videos/*/history',
    'GET /workflow',
  ]);
  expect(methodsOf(create(), 'grantCancel')).toEqual(['DELETE /videos/*']);
});

test('grants each call of the API to some access', () => {
  const granted = new Set(
    (['grantStart', 'grantRead', 'grantCancel'] as const).flatMap((grant) => methodsOf(own(), grant)),
  );
  expect(granted.size).toBe(Object.keys(CALLS).length);
});

test.each([
  ['without an API', { api: false }, 'Shop/Videos has no API to grant'],
  ['with API keys', { auth: 'key' }, 'The callers of Shop/Videos are authorized by API keys'],
] as const)('rejects a grant %s', (_how, props, message) => {
  const stack = newStack();
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const videos = own(props, stack);
  for (const grant of ['grantStart', 'grantRead', 'grantCancel'] as const)
    expect(() => videos[grant](role)).toThrow(message);
});

test('rejects a grant with an authorizer, which IAM does not reach', () => {
  const stack = newStack();
  const handler = LambdaFunction.fromFunctionName(stack, 'Login', 'login');
  const authorizer = new RequestAuthorizer(stack, 'Users', { handler, identitySources: ['context.stage'] });
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  expect(() => own({ authorizer }, stack).grantStart(role)).toThrow('are authorized by an authorizer');
});

test('makes rules for the ends of its own videos only, on its bus', () => {
  const stack = newStack();
  const eventBus = new EventBus(stack, 'Bus');
  const videos = own({ eventBus }, stack);
  const others = imported({ eventBus }, stack);
  const target = new SqsQueue(new Queue(stack, 'Queue'));
  videos.onSucceeded('Ready', { target, ruleName: 'ready' });
  others.onFailed('Lost', { eventPattern: { detail: { error: { money_spent: ['yes'] } } } });
  const template = templateOf({ stack });
  template.hasResourceProperties('AWS::Events::Rule', {
    Name: 'ready',
    EventBusName: { Ref: Match.stringLikeRegexp('^Bus') },
    EventPattern: {
      source: ['template-video'],
      'detail-type': ['Video Ready'],
      resources: [{ Ref: Match.stringLikeRegexp('^VideosWorkflowStateMachine') }],
    },
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Queue'), 'Arn'] } })],
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['template-video'],
      'detail-type': ['Video Failed'],
      resources: [ATTRIBUTES.stateMachineArn],
      detail: { error: { money_spent: ['yes'] } },
    },
  });
});

test("puts a rule into another stack's scope where that is asked for", () => {
  const app = new App(testApp());
  const other = new Stack(app, 'Other');
  const videos = new TemplateVideo(new Stack(app, 'Shop'), 'Videos');
  videos.onFailed('Lost', { crossStackScope: other });
  Template.fromStack(other).resourceCountIs('AWS::Events::Rule', 1);
});

test.each(BOTH)('has metrics of delivery, failure and cost, of a service %s', (_whose, create) => {
  const videos = create();
  const metrics = [videos.metricDelivered(), videos.metricFailed(), videos.metricCost()];
  expect(metrics.map(({ metricName }) => metricName)).toEqual([
    'VideosReady',
    'VideosFailed',
    'EstimatedUsd',
  ]);
  for (const metric of metrics)
    expect(metric).toMatchObject({
      namespace: 'TemplateVideo',
      dimensions: { service: 'Shop-Videos' },
      statistic: 'Sum',
    });
  const hourly = videos.metricCost({ period: Duration.hours(1), label: 'dollars' });
  expect([hourly.period.toSeconds(), hourly.label, hourly.statistic]).toEqual([3600, 'dollars', 'Sum']);
});

test('says why there are no metrics', () => {
  const message = 'Shop/Videos has monitoring off, so it has no metrics.';
  const silent = own({ monitoring: 'off' });
  for (const metric of ['metricDelivered', 'metricFailed', 'metricCost'] as const)
    expect(() => silent[metric]()).toThrow(message);
  expect(() => imported({ serviceName: undefined }).metricCost()).toThrow(
    'Shop/Imported is imported without its serviceName, so it has no metrics.',
  );
});

test('has its parts as public members', () => {
  const videos = own({ auth: 'key', callbacks: true });
  expect(videos.serviceName).toBe('Shop-Videos');
  expect(videos.api?.restApiId).toBeDefined();
  expect(videos.videosUrl).toMatch(/\/videos$/);
  expect(videos.apiKeyId).toBeDefined();
  expect(videos.eventBus.eventBusName).toBe('default');
  expect(videos.alarms.length).toBeGreaterThan(10);
  expect(videos.alarmTopic?.topicArn).toBeDefined();
  const names = Object.keys(FUNCTION_ENVIRONMENT).map((name) =>
    name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(Object.keys(videos.functions).toSorted()).toEqual(names.toSorted());
  expect(videos.functions.submitTask.node.id).toBe('SubmitTask');
  videos.stateMachine.grantRead(videos.functions.announceVideo);
});

test('has no parts of what is turned off', () => {
  const videos = own({ api: false, monitoring: 'off' });
  expect([videos.api, videos.videosUrl, videos.apiKeyId, videos.alarmTopic]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(videos.alarms).toEqual([]);
  expect(videos.functions.startVideo).toBeUndefined();
  expect(videos.functions.checkTask).toBeDefined();
});

test('imports a service by its outputs, and makes no resource', () => {
  const stack = newStack();
  const videos = imported({}, stack);
  expect(stack.resolve(videos.videosUrl)).toEqual({
    'Fn::Join': [
      '',
      [
        'https://a1b2c3d4e5.execute-api.',
        { Ref: 'AWS::Region' },
        '.',
        { Ref: 'AWS::URLSuffix' },
        '/prod/videos',
      ],
    ],
  });
  expect(videos.bucket.bucketName).toBe('shop-videos');
  expect(videos.table.tableName).toBe('shop-video-list');
  expect(videos.stateMachine.stateMachineArn).toBe(ATTRIBUTES.stateMachineArn);
  expect(videos.eventBus.eventBusName).toBe('default');
  expect(templateOf({ stack }).toJSON().Resources).toBeUndefined();
  expect(imported({ videosUrl: 'https://videos.example.com/videos' }).videosUrl).toBe(
    'https://videos.example.com/videos',
  );
  const withoutApi = imported({ restApiId: undefined });
  expect([withoutApi.api, withoutApi.videosUrl]).toEqual([undefined, undefined]);
});
