import validateAsl from 'asl-validator';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizationType, Authorizer, type IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { appWith, definitionOf, resolvedTemplateOf, templateOf, testApp } from '../harness/synthesized.ts';

const app = appWith({ context: { callbacks: true } });
const template = templateOf(app);
const definition = definitionOf(resolvedTemplateOf(app));
const plain = appWith();
const plainDefinition = definitionOf(resolvedTemplateOf(plain));

test('is a valid definition, which hands its token to a function and waits for wait_seconds', () => {
  expect(validateAsl(structuredClone(definition)).errorsText()).toBe('');
  expect(definition.States['Wait for callback']).toEqual({
    Type: 'Task',
    Comment: expect.stringContaining('no error'),
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: {
      FunctionName: expect.stringContaining(':function:TemplateVideoWaitForCallback'),
      Payload: { 'video_id.$': '$.video_id', 'task_token.$': '$$.Task.Token' },
    },
    TimeoutSecondsPath: '$.wait_seconds',
    ResultPath: '$.callback',
    Catch: [
      { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Check task' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.callback', Next: 'Check task' },
    ],
    Next: 'Check task',
  });
});

test('differs from the plain definition in the waiting only', () => {
  const {
    'Wait for callback': _wait,
    'Finished?': finished,
    'Submit task': submit,
    ...same
  } = definition.States;
  const { 'Finished?': plainFinished, ...plainOthers } = plainDefinition.States;
  const { 'Submit task': plainSubmit, ...plainSame } = plainOthers;
  expect(same).toEqual(plainSame);
  expect(submit).toEqual({
    ...plainSubmit,
    Parameters: { ...plainSubmit?.Parameters, callbacks_supported: true },
    Next: 'Wait for callback',
  });
  expect(finished).toEqual({
    ...plainFinished,
    Choices: [
      ...(plainFinished?.Choices ?? []),
      {
        And: [
          { Variable: '$.callbacks.active', IsPresent: true },
          { Variable: '$.callbacks.active', BooleanEquals: true },
        ],
        Next: 'Wait for callback',
      },
    ],
  });
  expect(finished?.Default).toBe('Wait');
});

test('has no trace of callbacks in a stack without them', () => {
  const without = templateOf(plain);
  expect(JSON.stringify(plainDefinition)).not.toMatch(/callbacks|callback/i);
  without.resourceCountIs('AWS::SecretsManager::Secret', 0);
  without.resourcePropertiesCountIs('AWS::ApiGateway::Method', { AuthorizationType: 'NONE' }, 0);
  expect(JSON.stringify(without.findResources('AWS::IAM::Policy'))).not.toMatch(/callback(-token)?\.json/);
  expect(JSON.stringify(without.findResources('AWS::Lambda::Function'))).not.toContain('WaitForCallback');
});

test('has one open method, throttled on its own, and none of the others', () => {
  for (const context of [{ callbacks: true }, { callbacks: true, auth: 'key' }]) {
    const methods = Object.values(templateOf(appWith({ context })).findResources('AWS::ApiGateway::Method'));
    const open = methods.filter(
      ({ Properties }) => Properties.AuthorizationType === 'NONE' && Properties.ApiKeyRequired !== true,
    );
    expect(open).toHaveLength(1);
    expect(JSON.stringify(open)).toMatch(/"HttpMethod":"POST".*callbacksvideoidtoken/);
  }
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [
      { HttpMethod: '*', ResourcePath: '/*' },
      {
        HttpMethod: 'POST',
        ResourcePath: '/~1callbacks~1{video_id}~1{token}',
        ThrottlingRateLimit: 5,
        ThrottlingBurstLimit: 20,
        DataTraceEnabled: false,
      },
    ].map((each) => Match.objectLike(each)),
  });
});

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const LIST = expect.stringMatching(/^s3:ListBucket \{"Fn::GetAtt":\["TemplateVideoVideos\w+","Arn"\]\}$/);
const END = expect.stringMatching(
  /^states:SendTaskSuccess \{"Ref":"TemplateVideoWorkflowStateMachine\w+"\}$/,
);

/** The actions and resources that the roles of this function, or state machine, have. */
function permissions(of: Template, name: string): readonly string[] {
  const policies = Object.entries(of.findResources('AWS::IAM::Policy')).filter(([id]) =>
    new RegExp(`^TemplateVideo${name}Role(Default|Callback)Policy`).test(id),
  );
  const statements = policies.flatMap(
    ([, { Properties }]) => Properties.PolicyDocument.Statement as readonly Statement[],
  );
  return statements.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .map((action) => `${action} ${JSON.stringify(Resource).replaceAll(/^.*"(\/[^"]*)".*$/g, '$1')}`),
  );
}

test('lets the open function read job documents and tokens, write callbacks and notes, and end waits', () => {
  const own = permissions(template, 'ReceiveCallback').filter((line) => !/^(logs|xray):/.test(line));
  expect(own).toEqual([
    expect.stringMatching(/^secretsmanager:GetSecretValue \{"Ref":"TemplateVideoCallbackSecret\w+"\}$/),
    's3:GetObject /videos/*/job.json',
    's3:GetObject /videos/*/callback-token.json',
    's3:PutObject /videos/*/callback.json',
    LIST,
    's3:PutObject /videos/*/challenge.json',
    END,
  ]);
});

test('lets the wait write tokens and end itself, Check task delete them, and neither read a video', () => {
  expect(permissions(template, 'WorkflowStateMachine').filter((line) => line.startsWith('s3:'))).toEqual([]);
  expect(permissions(template, 'WaitForCallback').filter((line) => !/^(logs|xray):/.test(line))).toEqual([
    's3:PutObject /videos/*/callback-token.json',
    's3:GetObject /videos/*/callback.json',
    LIST,
    END,
  ]);
  expect(permissions(template, 'CheckTask').filter((line) => line.startsWith('s3:'))).toEqual([
    's3:DeleteObject /videos/*/callback.json',
    's3:DeleteObject /videos/*/callback-token.json',
  ]);
});

test('gives the address for callbacks to Submit task only, without a reference to the stage', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const urls = functions.flatMap(({ Properties }) => Properties.Environment.Variables.CALLBACK_URL ?? []);
  expect(urls).toEqual([
    {
      'Fn::Join': [
        '',
        [
          'https://',
          { Ref: expect.stringMatching(/^TemplateVideoApiRestApi\w{8}$/) },
          '.execute-api.',
          { Ref: 'AWS::Region' },
          '.',
          { Ref: 'AWS::URLSuffix' },
          '/prod/callbacks',
        ],
      ],
    },
  ]);
});

test('works with an authorizer and an encrypted bucket of others', () => {
  const stack = new Stack(new App(testApp()), 'Own');
  const key = new Key(stack, 'Key');
  const bucket = new Bucket(stack, 'Media', { encryptionKey: key });
  const authorizer = new (class extends Authorizer {
    readonly authorizerId = 'abc123';
    override readonly authorizationType = AuthorizationType.CUSTOM;
    _attachToApi(): void {}
  })(stack, 'Authorizer');
  new TemplateVideo(stack, 'Videos', { bucket, callbacks: true, authorizer: authorizer as IAuthorizer });
  const own = Template.fromStack(stack);
  const policies = Object.entries(own.findResources('AWS::IAM::Policy'));
  const roles = policies.filter(([id]) => /WaitForCallbackRole|ReceiveCallbackRole/.test(id));
  expect(JSON.stringify(roles).match(/kms:GenerateDataKey/g)?.length).toBeGreaterThanOrEqual(2);
  const methods = Object.values(own.findResources('AWS::ApiGateway::Method'));
  const open = methods.filter(({ Properties }) => Properties.AuthorizerId === undefined);
  expect(open.map(({ Properties }) => [Properties.HttpMethod, Properties.AuthorizationType])).toEqual([
    ['POST', 'NONE'],
  ]);
});

test('rejects callbacks without an API', () => {
  const stack = new Stack(new App(testApp()), 'Own');
  expect(() => new TemplateVideo(stack, 'Videos', { callbacks: true, api: false })).toThrow(
    'callbacks=true requires the API (api: false was given)',
  );
});
