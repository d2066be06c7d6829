import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DomainName, TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { InvalidSetting, TemplateVideo, type TemplateVideoProps } from '../../infra/index.ts';
import { testApp } from '../harness/synthesized.ts';

type ToProps = (stack: Stack) => TemplateVideoProps;

function serviceWith(toProps: ToProps): TemplateVideo {
  const stack = new Stack(new App(testApp()), 'Shop');
  return new TemplateVideo(stack, 'Videos', toProps(stack));
}

function templateWith(toProps: ToProps = () => ({})): Template {
  return Template.fromStack(Stack.of(serviceWith(toProps)));
}

/** What the linter of templates says about the construct itself. */
async function findingsOf(service: TemplateVideo): Promise<readonly string[]> {
  const { root } = service.node;
  const reports = [new AwsSolutionsChecks(root as App), new ServerlessChecks(root as App)].map((pack) =>
    pack.validateScope?.(service),
  );
  const violations = (await Promise.all(reports)).flatMap((report) => report?.violations ?? []);
  return violations.map(({ ruleName }: { readonly ruleName: string }) => ruleName);
}

/** The environment of a function, by its description. */
function variablesOf(template: Template, description: string): Readonly<Record<string, unknown>> {
  const [found] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: description } }),
  );
  return found?.Properties.Environment.Variables;
}

const bare = templateWith();

const SOURCES = ['template-video-props', 'function-network', 'settings'].map((name) =>
  readFileSync(join(import.meta.dirname, '..', '..', 'infra', `${name}.ts`), 'utf8'),
);

test('says of each property what it does, and its default', () => {
  const properties = SOURCES.flatMap((text) => [
    ...text.matchAll(/^ {2}(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\n?(?: {2})?readonly (\w+)(\??):/gm),
  ]);
  expect(properties.length).toBeGreaterThan(35);
  const wrong = properties.filter(
    ([, comment = '', name]) => name !== 'domainName' && !/@default \S/.test(comment),
  );
  expect(wrong.map(([, , name]) => name)).toEqual([]);
});

test('needs no property', () => {
  expect(Object.keys(bare.findOutputs('*'))).toContain('VideosVideosUrl');
  bare.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
});

test('takes times and sizes with their units', () => {
  const template = templateWith(() => ({
    firstWait: Duration.minutes(1),
    pollInterval: Duration.seconds(15),
    giveUpAfter: Duration.days(1),
    maxVideoSize: Size.mebibytes(100),
  }));
  expect(variablesOf(template, 'Asks MiniMax once for the status of a task.')).toMatchObject({
    FIRST_WAIT_SECONDS: '60',
    POLL_SECONDS: '15',
    GIVE_UP_AFTER_SECONDS: '86400',
  });
  const { MAX_VIDEO_MEGABYTES } = variablesOf(
    template,
    'Streams a finished video from MiniMax into the bucket.',
  );
  expect(Number(MAX_VIDEO_MEGABYTES) * 1_000_000).toBe(Size.mebibytes(100).toBytes());
});

test('has the defaults of the settings where a property is not given', () => {
  const copy = 'Streams a finished video from MiniMax into the bucket.';
  expect(variablesOf(bare, copy)).toMatchObject({ MAX_VIDEO_MEGABYTES: '2048' });
  const given = templateWith(() => ({
    firstWait: Duration.seconds(30),
    pollInterval: Duration.seconds(10),
    giveUpAfter: Duration.hours(9),
    maxVideoSize: Size.bytes(2_048_000_000),
    logRetention: RetentionDays.ONE_MONTH,
    accessLogs: true,
    apiGatewayAccount: true,
    removalPolicy: RemovalPolicy.RETAIN,
    outputs: true,
  }));
  expect(given.toJSON()).toEqual(bare.toJSON());
});

test.each([
  [
    'pollSeconds',
    15,
    'Property pollSeconds is called pollInterval, and is a Duration: pollInterval: Duration.seconds(15).',
  ],
  [
    'firstWaitSeconds',
    '45',
    'Property firstWaitSeconds is called firstWait, and is a Duration: firstWait: Duration.seconds(15).',
  ],
  [
    'giveUpAfterHours',
    24,
    'Property giveUpAfterHours is called giveUpAfter, and is a Duration: giveUpAfter: Duration.hours(24).',
  ],
  [
    'maxVideoMegabytes',
    100,
    'Property maxVideoMegabytes is called maxVideoSize, and is a Size: maxVideoSize: Size.bytes(100000000).',
  ],
  [
    'retentionDays',
    30,
    'Property retentionDays is called retention, and is a Duration: retention: Duration.days(30).',
  ],
  [
    'pollInterval',
    20,
    'Property pollInterval is 20; allowed is a Duration that is known at synthesis, such as pollInterval: Duration.seconds(20).',
  ],
  ['pollInterval', Size.bytes(20), 'such as pollInterval: Duration.seconds(15).'],
  [
    'maxVideoSize',
    2048,
    'allowed is a Size that is known at synthesis, such as maxVideoSize: Size.bytes(2048000000).',
  ],
  ['maxVideoSize', Duration.seconds(1), 'allowed is a Size'],
  ['firstWait', Duration.seconds(Lazy.number({ produce: () => 5 })), 'that is known at synthesis'],
  [
    'firstWait',
    Duration.millis(1500),
    'Property firstWait is Duration.seconds(1.5); allowed is Duration.seconds(1) to Duration.seconds(3600), without a fraction.',
  ],
  ['firstWait', Duration.hours(2), 'Property firstWait is Duration.seconds(7200); allowed is'],
  [
    'giveUpAfter',
    Duration.minutes(90),
    'Property giveUpAfter is Duration.hours(1.5); allowed is Duration.hours(1) to Duration.hours(48), without a fraction.',
  ],
  ['giveUpAfter', Duration.days(3), 'Property giveUpAfter is Duration.hours(72)'],
  [
    'maxVideoSize',
    Size.kibibytes(1),
    'Property maxVideoSize is Size.bytes(1024); allowed is Size.bytes(1000000) to Size.bytes(20000000000).',
  ],
  ['maxVideoSize', Size.tebibytes(1), 'Property maxVideoSize is Size.bytes(1099511627776); allowed is'],
] as const)('rejects %s: %s, and names the right form', (name, value, message) => {
  const build = () => serviceWith(() => ({ [name]: value }) as TemplateVideoProps);
  expect(build).toThrow(InvalidSetting);
  expect(build).toThrow(message);
});

test.each([
  [{ domain: {}, api: false }, 'Property domain needs the API'],
  [{ domain: { basePath: 'a/b' } }, 'Property domain has the basePath "a/b"; allowed is one part'],
  [{ securityGroups: [] }, 'Property securityGroups needs the property vpc.'],
  [{ vpcSubnets: {} }, 'Property vpcSubnets needs the property vpc.'],
  [{ callbacks: true, api: false }, 'callbacks=true requires the API'],
  [{ retentoin: 30 }, 'Property retentoin is not known; known are accessLogs, '],
] as const)('rejects properties that cannot be used together or at all: %j', (props, message) => {
  expect(() => serviceWith(() => props as unknown as TemplateVideoProps)).toThrow(message);
});

test('keeps the bucket, its policy and the table unless the removal policy says otherwise', () => {
  const KEPT = ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::DynamoDB::Table'];
  const policies = (template: Template) =>
    KEPT.flatMap((type) =>
      Object.values(template.findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy),
    );
  expect(policies(bare)).toEqual(['Retain', 'Retain', 'Retain']);
  const destroyed = templateWith(() => ({ removalPolicy: RemovalPolicy.DESTROY }));
  expect(policies(destroyed)).toEqual(['Delete', 'Delete', 'Delete']);
  destroyed.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
});

test('encrypts the bucket, the table and the secret of callbacks with a key, which the functions may use', async () => {
  const service = serviceWith((stack) => ({ callbacks: true, encryptionKey: new Key(stack, 'Key') }));
  const template = Template.fromStack(Stack.of(service));
  const arn = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
  expect(bucket?.Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
    {
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { KMSMasterKeyID: arn, SSEAlgorithm: 'aws:kms' },
    },
  ]);
  const [table] = Object.values(template.findResources('AWS::DynamoDB::Table'));
  expect(table?.Properties.SSESpecification).toEqual({
    KMSMasterKeyId: arn,
    SSEEnabled: true,
    SSEType: 'KMS',
  });
  const [secret] = Object.values(template.findResources('AWS::SecretsManager::Secret'));
  expect(secret?.Properties.KmsKeyId).toEqual(arn);
  const users = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([, policy]) =>
    JSON.stringify(policy).includes('"kms:Decrypt"'),
  );
  expect(users.map(([id]) => id.replace(/^Videos(\w+)RoleDefault.*$/, '$1')).toSorted()).toEqual([
    'AdoptTask',
    'AnnounceVideo',
    'CancelVideo',
    'CheckTask',
    'CopyVideo',
    'CreateUpload',
    'GetHistory',
    'GetUsage',
    'GetVideo',
    'ListVideos',
    'ReceiveCallback',
    'RecordFailure',
    'StartVideo',
    'SubmitTask',
    'VideoFailed',
    'WaitForCallback',
  ]);
  expect(await findingsOf(service)).toEqual([]);
});

test('puts the functions that call MiniMax or the hosts of files into a VPC, and no other', async () => {
  const service = serviceWith((stack) => {
    const vpc = new Vpc(stack, 'Vpc');
    return {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [new SecurityGroup(stack, 'Outgoing', { vpc })],
    };
  });
  const template = Template.fromStack(Stack.of(service));
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const inside = functions.filter(({ Properties }) => Properties.VpcConfig !== undefined);
  const KEY = 'MINIMAX_KEY_SECRET';
  const callers = functions.filter(({ Properties }) => KEY in Properties.Environment.Variables);
  expect(inside).toHaveLength(3);
  expect(inside).toEqual(callers);
  for (const { Properties } of inside)
    expect(Properties.VpcConfig).toEqual({
      SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^Outgoing/), 'GroupId'] }],
      SubnetIds: [1, 2].map((n) => ({ Ref: expect.stringMatching(`^VpcPrivateSubnet${n}`) })),
    });
  const attaching = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) =>
    JSON.stringify(template.findResources('AWS::IAM::Policy')[id]).includes('ec2:CreateNetworkInterface'),
  );
  expect(attaching.map((id) => id.replace(/^Videos(\w+)RoleDefault.*$/, '$1')).toSorted()).toEqual([
    'CheckTask',
    'CopyVideo',
    'SubmitTask',
  ]);
  expect(await findingsOf(service)).toEqual([]);
});

test('keeps all log groups as long as is said', () => {
  const days = (template: Template) =>
    new Set(
      Object.values(template.findResources('AWS::Logs::LogGroup')).map(
        ({ Properties }) => Properties?.RetentionInDays,
      ),
    );
  expect(days(bare)).toEqual(new Set([30]));
  expect(days(templateWith(() => ({ logRetention: RetentionDays.TWO_YEARS })))).toEqual(new Set([731]));
  expect(days(templateWith(() => ({ logRetention: RetentionDays.INFINITE })))).toEqual(new Set([undefined]));
});

test("leaves out the API's logs and the account's role without access logs", () => {
  const template = templateWith(() => ({ accessLogs: false }));
  template.resourceCountIs('AWS::ApiGateway::Account', 0);
  const names = Object.values(template.findResources('AWS::Logs::LogGroup')).map(({ Properties }) =>
    JSON.stringify(Properties.LogGroupName ?? ''),
  );
  expect(names.filter((name) => /apigateway|API-Gateway/.test(name))).toEqual([]);
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    AccessLogSetting: Match.absent(),
    MethodSettings: [Match.not(Match.objectLike({ LoggingLevel: Match.anyValue() }))],
    TracingEnabled: true,
  });
});

test("writes logs with the account's own role with apiGatewayAccount: false", () => {
  const template = templateWith(() => ({ apiGatewayAccount: false }));
  template.resourceCountIs('AWS::ApiGateway::Account', 0);
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).not.toContain('apigateway.amazonaws.com');
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    AccessLogSetting: Match.objectLike({ DestinationArn: Match.anyValue() }),
    MethodSettings: Match.arrayWith([Match.objectLike({ LoggingLevel: 'ERROR' })]),
  });
});

test.each([
  [undefined, 'https://videos.example.com/videos'],
  ['clips', 'https://videos.example.com/clips/videos'],
])('has the address of its domain with the base path %s', (basePath, url) => {
  const service = serviceWith((stack) => ({
    domain: {
      domainName: DomainName.fromDomainNameAttributes(stack, 'Domain', {
        domainName: 'videos.example.com',
        domainNameAliasHostedZoneId: 'Z1',
        domainNameAliasTarget: 'd-1.example.com',
      }),
      basePath,
    },
  }));
  expect(service.videosUrl).toBe(url);
  const template = Template.fromStack(Stack.of(service));
  template.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
    DomainName: 'videos.example.com',
    BasePath: basePath ?? Match.absent(),
    Stage: { Ref: Match.stringLikeRegexp('^VideosApiRestApiDeploymentStageprod') },
  });
  template.hasOutput('VideosVideosUrl', { Value: url });
});

test("has MiniMax call back at API Gateway's own address beside a domain", () => {
  const template = templateWith((stack) => {
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:x:1:certificate/1');
    const domainName = new DomainName(stack, 'Domain', { domainName: 'videos.example.com', certificate });
    return { callbacks: true, domain: { domainName } };
  });
  const { CALLBACK_URL } = variablesOf(template, 'Sends the one create call of a video to MiniMax.');
  expect(JSON.stringify(CALLBACK_URL)).toContain('.execute-api.');
});

test('announces on an own bus, and has an own topic and an own authorizer', () => {
  const service = serviceWith((stack) => ({
    eventBus: new EventBus(stack, 'Bus'),
    alarmTopic: new Topic(stack, 'OnCall'),
    authorizer: new TokenAuthorizer(stack, 'Login', {
      handler: LambdaFunction.fromFunctionName(stack, 'LoginFunction', 'login'),
    }),
  }));
  const template = Template.fromStack(Stack.of(service));
  template.resourceCountIs('AWS::SNS::Topic', 1);
  template.hasOutput('VideosAlarmTopicArn', { Value: { Ref: Match.stringLikeRegexp('^OnCall') } });
  const { EVENT_BUS } = variablesOf(
    template,
    'Records, counts and announces the ends of videos, and marks redrives.',
  );
  expect(EVENT_BUS).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Bus/), 'Arn'] });
  for (const { Properties } of Object.values(template.findResources('AWS::ApiGateway::Method')))
    expect(Properties.AuthorizationType).toBe('CUSTOM');
});
