import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { appWith, templateOf } from './synthesized.ts';

const template = templateOf(appWith());

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The logical ids in a template come without the hash that the CDK appends, so that they can be read. */
function readable(value: unknown): string {
  return JSON.stringify(value).replaceAll(/TemplateVideo(\w+?)[0-9A-F]{8}\b/g, '$1');
}

/** What each function may do beyond writing its log and its traces; a function that may do nothing more is not in it. */
function permissions(): Readonly<Record<string, readonly string[]>> {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
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
  expect(functions).toHaveLength(8);
  for (const { Properties } of functions) {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  }
});

test('gives up on a silent peer while the function still has time to say so', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const limits = functions.flatMap(({ Properties: { Timeout, Environment } }) =>
    ['MINIMAX_TIMEOUT_SECONDS', 'DOWNLOAD_IDLE_SECONDS', 'RECORD_WAIT_SECONDS']
      .map((name) => Environment.Variables[name])
      .filter((limit) => limit !== undefined)
      .map((limit) => ({ limit: Number(limit), Timeout })),
  );
  expect(limits).toHaveLength(6);
  for (const { limit, Timeout } of limits) expect(limit).toBeLessThan(Timeout - 10);
});

test('lets each function do what its call needs, and nothing else', () => {
  const key =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":secretsmanager:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":secret:minimax/api-key-??????"]]}';
  const videos = '{"Fn::Join":["",[{"Fn::GetAtt":["Videos","Arn"]},"/videos/*"]]}';
  const executions =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":states:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":execution:",{"Fn::GetAtt":["WorkflowStateMachine","Name"]},":*"]]}';
  expect(permissions()).toEqual({
    SubmitTask: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${videos.replace('videos/*', 'uploads/*')}`,
      `s3:PutObject ${videos}`,
      `s3:GetObject ${videos}`,
    ],
    CheckTask: [`secretsmanager:GetSecretValue ${key}`],
    CopyVideo: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${videos}`,
      `s3:PutObject ${videos}`,
      `s3:AbortMultipartUpload ${videos}`,
      's3:ListBucketMultipartUploads {"Fn::GetAtt":["Videos","Arn"]}',
    ],
    RecordFailure: [`s3:PutObject ${videos}`, `s3:GetObject ${videos}`],
    VideoFailed: [
      `s3:GetObject ${videos}`,
      'states:SendTaskSuccess {"Ref":"WorkflowStateMachine"}',
      'states:SendTaskFailure {"Ref":"WorkflowStateMachine"}',
    ],
    StartVideo: ['states:StartExecution {"Ref":"WorkflowStateMachine"}'],
    GetVideo: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${videos}`,
    ],
  });
});

test('keeps the bucket private, encrypted, TLS only and alive, and clears images and unfinished uploads away', () => {
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
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
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
  });
});

test('asks every caller of the API to be somebody', () => {
  const methods = Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => [
    Properties.HttpMethod,
    readable(Properties.ResourceId),
    Properties.AuthorizationType,
  ]);
  expect(methods).toEqual([
    ['POST', '{"Ref":"ApiRestApivideos"}', 'AWS_IAM'],
    ['GET', '{"Ref":"ApiRestApivideosvideoid"}', 'AWS_IAM'],
  ]);
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

test('answers as problem+json also where the gateway itself refuses', () => {
  const responses = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(
    ({ Properties }) => Properties,
  );
  expect(responses.map(({ ResponseType }) => ResponseType).sort()).toEqual(['DEFAULT_4XX', 'DEFAULT_5XX']);
  for (const { ResponseTemplates, ResponseParameters } of responses) {
    const answer = ResponseTemplates['application/json'].replace('$context.error.messageString', '"Why"');
    expect(JSON.parse(answer)).toMatchObject({
      type: expect.stringMatching(/^urn:template-video:problem:gateway-(refusal|fault)$/),
      detail: 'Why',
    });
    expect(ResponseParameters).toEqual({
      'gatewayresponse.header.content-type': "'application/problem+json'",
    });
  }
});

test('has exactly the outputs that others rely on', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'StateMachineArn',
    'VideoBucket',
    'VideosUrl',
  ]);
});
