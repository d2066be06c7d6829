import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { FUNCTION_ENVIRONMENT, type FunctionName } from '../../lambdas/core/environment.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';

const template = templateOf(appWith());
const keyTemplate = templateOf(appWith({ context: { auth: 'key', postsPerDay: 7, requestsPerSecond: 2 } }));

const OF_CALLBACKS: readonly FunctionName[] = ['wait-for-callback', 'receive-callback'];

test('runs every function on Node 24, on arm64, from a bundle', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(functions).toHaveLength(Object.keys(FUNCTION_ENVIRONMENT).length - OF_CALLBACKS.length);
  for (const { Properties } of functions) {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  }
});

test('gives up on a peer that does not answer while the function still has time to report it', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const limits = functions.flatMap(({ Properties: { Timeout, Environment } }) =>
    ['MINIMAX_TIMEOUT_SECONDS', 'DOWNLOAD_IDLE_SECONDS', 'RECORD_WAIT_SECONDS']
      .map((name) => Environment.Variables[name])
      .filter((limit) => limit !== undefined)
      .map((limit) => ({ limit: Number(limit), Timeout })),
  );
  expect(limits).toHaveLength(7);
  for (const { limit, Timeout } of limits) expect(limit).toBeLessThan(Timeout - 10);
});

test('makes ids of idempotency keys within a namespace of its own, or the one that is set', () => {
  const within = (namespace: unknown) => ({
    Environment: { Variables: Match.objectLike({ NAMESPACE: namespace }) },
  });
  const own = {
    'Fn::Join': [
      '',
      [{ Ref: 'AWS::AccountId' }, '/', { Ref: 'AWS::Region' }, '/TemplateVideo/TemplateVideo'],
    ],
  };
  template.resourcePropertiesCountIs('AWS::Lambda::Function', within(own), 1);
  const shared = templateOf(appWith({ context: { namespace: 'shop' } }));
  shared.resourcePropertiesCountIs('AWS::Lambda::Function', within('shop'), 1);
});

test('makes the bucket private, encrypted, TLS only and retained, and expires images and unfinished uploads', () => {
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
          { Prefix: 'uploads/', ExpirationInDays: 1, Status: 'Enabled' },
        ],
      },
      VersioningConfiguration: Match.absent(),
    },
  });
  template.hasResource('AWS::S3::BucketPolicy', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  });
});

test('keeps images for as long as the workflow waits for their videos', () => {
  templateOf(appWith({ context: { giveUpAfterHours: 25 } })).hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([Match.objectLike({ Prefix: 'uploads/', ExpirationInDays: 2 })]),
    },
  });
});

test('has exactly the outputs of the contract', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'AlarmTopicArn',
    'ListRules',
    'StateMachineArn',
    'VideoBucket',
    'VideoTable',
    'VideosUrl',
  ]);
  expect(Object.keys(keyTemplate.findOutputs('*'))).toContain('ApiKeyId');
});
