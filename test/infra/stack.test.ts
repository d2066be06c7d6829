import { Match, type Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { GATEWAY_PROBLEMS } from '../../lambdas/core/api/problem-types.ts';
import { problemSchema } from '../../lambdas/core/api/response.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';

const template = templateOf(appWith());
const keyTemplate = templateOf(appWith({ context: { auth: 'key', postsPerDay: 7, requestsPerSecond: 2 } }));

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The logical ids in a template come without the hash that the CDK appends, so that they can be read. */
function readable(value: unknown): string {
  return JSON.stringify(value).replaceAll(/TemplateVideo(\w+?)[0-9A-F]{8}\b/g, '$1');
}

/** The grants of each function beside its log and its traces. A function without any is left out. */
function permissions(of = template): Readonly<Record<string, readonly string[]>> {
  const policies = Object.entries(of.findResources('AWS::IAM::Policy'));
  const own = policies.flatMap(([logicalId, { Properties }]) => {
    const name = /^TemplateVideo(\w+?)Role(?:Default|Callback)Policy/.exec(logicalId)?.[1];
    if (name === undefined || name.startsWith('Workflow')) return [];
    const statements = (Properties.PolicyDocument.Statement as readonly Statement[]).flatMap(
      ({ Action, Resource }) => [Action].flat().map((action) => `${action} ${readable(Resource)}`),
    );
    return statements.filter((line) => !/^(logs|xray):/.test(line)).map((line) => [name, line] as const);
  });
  return Object.fromEntries(
    [...Map.groupBy(own, ([name]) => name)].map(([name, lines]) => [name, lines.map(([, line]) => line)]),
  );
}

test('runs every function on Node 24, on arm64, from a bundle', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(functions).toHaveLength(13);
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

test('grants each function what its call needs, and nothing else', () => {
  const key =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":secretsmanager:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":secret:minimax/api-key-??????"]]}';
  const keys = (pattern: string) => `{"Fn::Join":["",[{"Fn::GetAtt":["Videos","Arn"]},"/${pattern}"]]}`;
  const videos = keys('videos/*/video.mp4');
  const uploads = keys('uploads/*');
  const jobs = keys('videos/*/job.json');
  const notes = keys('videos/*/copy.json');
  const announced = keys('videos/*/announced.json');
  const list = 's3:ListBucket {"Fn::GetAtt":["Videos","Arn"]}';
  const machine = '{"Ref":"WorkflowStateMachine"}';
  const executions =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":states:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":execution:",{"Fn::GetAtt":["WorkflowStateMachine","Name"]},":*"]]}';
  const earlierToo =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":states:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":execution:TemplateVideoWorkflowStateMachine4939315*"]]}';
  const bus =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":events:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":event-bus/default"]]}';
  expect(permissions()).toEqual({
    SubmitTask: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${uploads}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      list,
    ],
    AdoptTask: [`s3:GetObject ${jobs}`, `s3:PutObject ${jobs}`, list],
    CheckTask: [`secretsmanager:GetSecretValue ${key}`],
    CopyVideo: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      `s3:GetObject ${videos}`,
      `s3:PutObject ${videos}`,
      `s3:AbortMultipartUpload ${videos}`,
      list,
      `s3:GetObject ${notes}`,
      `s3:PutObject ${notes}`,
      `s3:DeleteObject ${notes}`,
      's3:ListBucketMultipartUploads {"Fn::GetAtt":["Videos","Arn"]}',
    ],
    RecordFailure: [`s3:GetObject ${jobs}`, `s3:PutObject ${jobs}`, list],
    VideoFailed: [
      `s3:GetObject ${jobs}`,
      list,
      `states:SendTaskSuccess ${machine}`,
      `states:SendTaskFailure ${machine}`,
    ],
    AnnounceVideo: [
      `states:StartExecution ${machine}`,
      `states:DescribeExecution ${earlierToo}`,
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      `s3:GetObject ${announced}`,
      `s3:PutObject ${announced}`,
      list,
      `events:PutEvents ${bus}`,
    ],
    StartVideo: [
      `states:StartExecution ${machine}`,
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:GetObject ${videos}`,
      list,
      `s3:PutObject ${uploads}`,
    ],
    ListVideos: [
      `states:ListExecutions ${machine}`,
      `states:DescribeExecution ${earlierToo}`,
      `s3:GetObject ${jobs}`,
      list,
    ],
    GetVideo: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:GetObject ${videos}`,
      list,
    ],
    CancelVideo: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `states:StopExecution ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      list,
    ],
    CreateUpload: [`s3:PutObject ${uploads}`],
  });
  const { StartVideo: iamStart = [], ...iamOthers } = permissions();
  const { StartVideo: keyStart = [], ...keyOthers } = permissions(keyTemplate);
  expect(keyOthers).toEqual(iamOthers);
  expect(keyStart.filter((line) => !iamStart.includes(line))).toEqual([`states:ListExecutions ${machine}`]);
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

/** Every method of an API, with `AWS_IAM` or `key`. */
function methods(of: Template): readonly string[] {
  return Object.values(of.findResources('AWS::ApiGateway::Method')).map(
    ({ Properties: { HttpMethod, ResourceId, AuthorizationType, ApiKeyRequired } }) => {
      const path = readable(ResourceId).replace(/^.*ApiRestApi(\w*).*$/, '$1');
      return `${HttpMethod} ${path} ${ApiKeyRequired === true ? 'key' : AuthorizationType}`;
    },
  );
}

test.each([
  ['iam', template, 'AWS_IAM'],
  ['key', keyTemplate, 'key'],
] as const)('with auth=%s authenticates the caller of every method', (_auth, of, asked) => {
  expect(methods(of).toSorted()).toEqual([
    `DELETE videosvideoid ${asked}`,
    `GET templates ${asked}`,
    `GET videos ${asked}`,
    `GET videosvideoid ${asked}`,
    `POST uploads ${asked}`,
    `POST videos ${asked}`,
  ]);
});

test('with auth=key has a plan with a key, and bounds the videos of a day', () => {
  template.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
  template.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
  keyTemplate.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
    Throttle: { RateLimit: 2, BurstLimit: 10 },
    Quota: Match.absent(),
    ApiStages: [{ ApiId: Match.anyValue(), Stage: Match.anyValue() }],
  });
  keyTemplate.resourceCountIs('AWS::ApiGateway::UsagePlanKey', 1);
  keyTemplate.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [{ ThrottlingRateLimit: 2, ThrottlingBurstLimit: 10 }],
  });
  const limit = (value: string) => ({ Environment: { Variables: { POSTS_PER_DAY: value } } });
  keyTemplate.hasResourceProperties('AWS::Lambda::Function', limit('7'));
  template.hasResourceProperties('AWS::Lambda::Function', limit('0'));
});

test('has no model and no validator in the gateway: the functions name every wrong field', () => {
  template.resourceCountIs('AWS::ApiGateway::Model', 0);
  template.resourceCountIs('AWS::ApiGateway::RequestValidator', 0);
});

test('throttles, traces and logs the API, without bodies', () => {
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    TracingEnabled: true,
    AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.not(Match.stringLikeRegexp('body')) },
    MethodSettings: [
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: 5,
        ThrottlingBurstLimit: 10,
        DataTraceEnabled: false,
        LoggingLevel: 'ERROR',
      },
    ],
  });
});

test('expires the execution log of the API like its other logs', () => {
  const restApi = { Ref: Match.anyValue() };
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', restApi, '/prod']] },
    RetentionInDays: 30,
  });
  template.hasResource('AWS::ApiGateway::Stage', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('ExecutionLog')]),
  });
});

test('answers as problem+json also when API Gateway refuses', () => {
  const responses = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(
    ({ Properties }) => Properties,
  );
  expect(responses.map(({ ResponseType }) => ResponseType).sort()).toEqual(
    Object.keys(GATEWAY_PROBLEMS).sort(),
  );
  for (const { ResponseType, ResponseTemplates, ResponseParameters } of responses) {
    const answer = JSON.parse(
      ResponseTemplates['application/json'].replace('$context.error.messageString', '"Why"'),
    );
    expect(problemSchema.safeParse(answer)).toMatchObject({ success: true });
    // API Gateway's own messages name ARNs, accounts and what was signed.
    const isFixed = /ACCESS|TOKEN|KEY|SIGNATURE|UNAUTHORIZED|TOO_LARGE/.test(ResponseType);
    expect(answer.detail === 'Why').toBe(!isFixed);
    expect(ResponseParameters['gatewayresponse.header.content-type']).toBe("'application/problem+json'");
  }
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
    'StateMachineArn',
    'VideoBucket',
    'VideosUrl',
  ]);
  expect(Object.keys(keyTemplate.findOutputs('*'))).toContain('ApiKeyId');
});
