import { Match, type Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { GATEWAY_PROBLEMS } from '../../lambdas/core/api/problem-types.ts';
import { problemSchema } from '../../lambdas/core/api/response.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { readable } from './readable.ts';

const template = templateOf(appWith());
const keyTemplate = templateOf(appWith({ context: { auth: 'key', postsPerDay: 7, requestsPerSecond: 2 } }));

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
    `GET usage ${asked}`,
    `GET videos ${asked}`,
    `GET videosvideoid ${asked}`,
    `GET videosvideoidhistory ${asked}`,
    `GET workflow ${asked}`,
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

test('answers as problem+json also when API Gateway rejects', () => {
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
