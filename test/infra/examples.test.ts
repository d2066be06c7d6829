import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { ShopStack } from '../../examples/bring-your-own.ts';
import { PipelineStack } from '../../examples/workflow-only.ts';
import { ALARMS } from '../../infra/alarms.ts';
import { TemplateVideo, type TemplateVideoProps, VideoTable } from '../../infra/index.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { testApp } from '../harness/synthesized.ts';

/** The construct alone, in another stack. */
function stackWith(toProps: (stack: Stack) => TemplateVideoProps): Template {
  const stack = new Stack(new App(testApp()), 'Other');
  new TemplateVideo(stack, 'Videos', toProps(stack));
  return Template.fromStack(stack);
}

const shop = Template.fromStack(new ShopStack(new App(testApp()), 'Shop'));
const pipeline = Template.fromStack(new PipelineStack(new App(testApp()), 'Pipeline'));

/** The functions that read or write the table. */
const INDEXED_FUNCTIONS = [
  'CancelVideo',
  'SubmitTask',
  'AdoptTask',
  'AnnounceVideo',
  'StartVideo',
  'ListVideos',
  'GetUsage',
];

test('uses the bucket, the table, the key, the topic and the authorizer of the shop, and makes none', () => {
  shop.resourceCountIs('AWS::DynamoDB::Table', 1);
  const ofTable = { Ref: expect.stringMatching(/^VideoList/) };
  const variables = Object.values(shop.findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties.Environment.Variables.VIDEO_TABLE ?? [],
  );
  expect(variables).toEqual(Array.from({ length: INDEXED_FUNCTIONS.length }, () => ofTable));
  for (const type of ['AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::SNS::Topic'])
    shop.resourceCountIs(type, 0);
  shop.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Asks MiniMax once for the status of a task.',
    Environment: {
      Variables: Match.objectLike({ MINIMAX_KEY_SECRET: 'shop/minimax', POLL_SECONDS: '15' }),
    },
  });
  const methods = Object.values(shop.findResources('AWS::ApiGateway::Method'));
  expect(methods).toHaveLength(Object.keys(CALLS).length);
  for (const { Properties } of methods) expect(Properties.AuthorizationType).toBe('CUSTOM');
  for (const { Properties } of Object.values(shop.findResources('AWS::CloudWatch::Alarm')))
    expect(JSON.stringify(Properties.AlarmActions)).toContain(':on-call');
  expect(JSON.stringify(shop.findResources('AWS::IAM::Policy'))).toContain(':s3:::shop-media/videos/*');
});

test('has service names of its stack and its own id, which are unique in a region', () => {
  const service = {
    Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'Shop-Videos' }) },
  };
  shop.allResourcesProperties('AWS::Lambda::Function', service);
  shop.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: { 'Fn::Join': ['', ['Shop-Videos-', { Ref: 'AWS::Region' }]] },
  });
  shop.hasResourceProperties('AWS::ApiGateway::RestApi', { Name: 'Shop-Videos' });
  shop.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'PaidNotDelivered',
    Dimensions: [{ Name: 'service', Value: 'Shop-Videos' }],
  });
});

test('leaves out the API and its alarm with api: false', () => {
  pipeline.resourceCountIs('AWS::ApiGateway::RestApi', 0);
  const alarms = Object.values(pipeline.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.map(({ Properties }) => Properties.Namespace)).not.toContain('AWS/ApiGateway');
  expect(alarms).toHaveLength(Object.keys(ALARMS).length - 1);
  expect(JSON.stringify(pipeline.findResources('AWS::CloudWatch::Dashboard'))).not.toContain(
    'AWS/ApiGateway',
  );
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['template-video'], 'detail-type': ['Video Ready'] },
  });
});

/** The actions of each function on the KMS keys of its resources, as in `SubmitTask Bucket kms:Decrypt`. */
function keyGrants(template: Template): ReadonlySet<string> {
  const grants = Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(
    ([id, { Properties }]) => {
      const name = id.replace(/^Videos(\w+)RoleDefaultPolicy.*$/, '$1');
      const statements = Properties.PolicyDocument.Statement as readonly {
        readonly Action: string | readonly string[];
        readonly Resource: unknown;
      }[];
      return statements.flatMap(({ Action, Resource }) => {
        const key = /(Bucket|Secret|Table)Key/.exec(JSON.stringify(Resource))?.[1];
        const actions = [Action].flat().filter((action) => action.startsWith('kms:'));
        return actions.map((action) => `${name} ${key} ${action}`);
      });
    },
  );
  return new Set(grants);
}

test('grants the KMS keys of a bucket and a secret to the functions that need them', () => {
  const template = stackWith((stack) => {
    const encryptionKey = new Key(stack, 'BucketKey');
    const secretKey = new Key(stack, 'SecretKey');
    return {
      bucket: new Bucket(stack, 'Bucket', { encryptionKey }),
      apiKeySecret: new Secret(stack, 'Secret', { encryptionKey: secretKey }),
    };
  });
  expect(keyGrants(template)).toEqual(
    new Set([
      ...['SubmitTask', 'CheckTask', 'CopyVideo'].map((name) => `${name} Secret kms:Decrypt`),
      ...[
        'SubmitTask',
        'AdoptTask',
        'CopyVideo',
        'RecordFailure',
        'VideoFailed',
        'AnnounceVideo',
        'StartVideo',
        'GetVideo',
        'GetHistory',
        'CancelVideo',
        'CreateUpload',
      ].map((name) => `${name} Bucket kms:Decrypt`),
      ...[
        'SubmitTask',
        'AdoptTask',
        'CopyVideo',
        'RecordFailure',
        'AnnounceVideo',
        'StartVideo',
        'CancelVideo',
        'CreateUpload',
      ].map((name) => `${name} Bucket kms:GenerateDataKey`),
    ]),
  );
});

test('grants the KMS key of a table to the functions that read or write it', () => {
  const template = stackWith((stack) => ({
    table: new VideoTable(stack, 'Table', { encryptionKey: new Key(stack, 'TableKey') }),
  }));
  const writes = [
    'Encrypt',
    'ReEncryptFrom',
    'ReEncryptTo',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
  ];
  const writers = INDEXED_FUNCTIONS.filter((name) => name !== 'ListVideos' && name !== 'GetUsage');
  expect(keyGrants(template)).toEqual(
    new Set([
      ...INDEXED_FUNCTIONS.flatMap((name) => [`${name} Table kms:Decrypt`, `${name} Table kms:DescribeKey`]),
      ...writers.flatMap((name) => writes.map((action) => `${name} Table kms:${action}`)),
    ]),
  );
});

test('rejects wrong properties as it rejects wrong settings', () => {
  expect(() => stackWith(() => ({ pollInterval: Duration.seconds(0) }))).toThrow(
    'Property pollInterval is Duration.seconds(0); allowed is Duration.seconds(1) to Duration.seconds(3600), without a fraction.',
  );
  expect(() => stackWith(() => ({ apiKeySecret: '' }))).toThrow('Setting apiKeySecret is ""');
  expect(() =>
    stackWith((stack) => ({
      auth: 'key',
      authorizer: new TokenAuthorizer(stack, 'Users', {
        handler: LambdaFunction.fromFunctionName(stack, 'Login', 'login'),
      }),
    })),
  ).toThrow('Setting auth is "key"; allowed beside an authorizer is none.');
});

test.each([
  ['bring-your-own', ShopStack],
  ['workflow-only', PipelineStack],
] as const)('has no open finding of cdk-nag of its own in the example %s', async (_name, Example) => {
  const app = new App(testApp());
  const stack = new Example(app, 'Example');
  const findings: string[] = [];
  for (const pack of [new AwsSolutionsChecks(app), new ServerlessChecks(app)]) {
    const report = await pack.validateScope?.(stack.node.findChild('Videos'));
    findings.push(
      ...(report?.violations ?? []).map(({ ruleName }: { readonly ruleName: string }) => ruleName),
    );
  }
  expect(findings).toEqual([]);
});
