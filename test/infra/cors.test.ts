import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { TemplateVideo } from '../../infra/index.ts';
import { GATEWAY_PROBLEMS } from '../../lambdas/core/api/problem-types.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { appWith, resolvedTemplateOf, templateOf, testApp } from '../harness/synthesized.ts';
import { readable } from './readable.ts';

const ONE = 'https://app.example.com';
const OTHER = 'http://127.0.0.1:5173';
const SECURITY = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'security.md'), 'utf8');

function templateWith(context: Readonly<Record<string, unknown>>): Template {
  return templateOf(appWith({ context: { ...context, callbacks: true } }));
}

const none = templateWith({});
const one = templateWith({ corsOrigins: ONE });
const two = templateWith({ corsOrigins: `${ONE},${OTHER}`, auth: 'key' });

interface PreflightMethod {
  readonly HttpMethod: string;
  readonly ResourceId: unknown;
  readonly AuthorizationType: string;
  readonly ApiKeyRequired?: boolean;
  readonly AuthorizerId?: unknown;
  readonly Integration: {
    readonly IntegrationResponses: readonly {
      readonly ResponseTemplates: Readonly<Record<string, string>>;
    }[];
  };
}

function preflights(of: Template): readonly PreflightMethod[] {
  return Object.values(of.findResources('AWS::ApiGateway::Method'))
    .map(({ Properties }) => Properties as PreflightMethod)
    .filter(({ HttpMethod }) => HttpMethod === 'OPTIONS');
}

const pathOf = ({ ResourceId }: PreflightMethod): string =>
  readable(ResourceId).replace(/^.*ApiRestApi(\w*).*$/, '$1');

const templateIn = ({ Integration }: PreflightMethod): string =>
  Integration.IntegrationResponses[0]?.ResponseTemplates['application/json'] ?? '';

test('has nothing of CORS without the setting', () => {
  const text = JSON.stringify(none.toJSON());
  for (const word of ['OPTIONS', 'Access-Control', 'access-control', 'CORS_ORIGINS', 'Cors'])
    expect(text).not.toContain(word);
});

test.each([
  ['iam', one],
  ['key', two],
] as const)(
  'answers preflights with auth=%s for every path of callers, without authorization',
  (_auth, of) => {
    const paths = [...new Set(Object.values(CALLS).map(({ path }) => path.replaceAll(/\W|_/g, '')))];
    expect(preflights(of).map(pathOf).toSorted()).toEqual(paths.toSorted());
    for (const { AuthorizationType, ApiKeyRequired, AuthorizerId } of preflights(of))
      expect([AuthorizationType, ApiKeyRequired, AuthorizerId || undefined]).toEqual([
        'NONE',
        false,
        undefined,
      ]);
  },
);

test('names the methods of each path and the headers that the API takes', () => {
  const lines = Object.fromEntries(preflights(one).map((method) => [pathOf(method), templateIn(method)]));
  expect(lines.videos).toContain('Allow-Methods = "POST,GET")');
  expect(lines.videosvideoid).toContain('Allow-Methods = "GET,DELETE")');
  expect(lines.uploads).toContain('Allow-Methods = "POST")');
  for (const line of Object.values(lines))
    expect(line).toContain(
      'Allow-Headers = "authorization,content-type,idempotency-key,x-amz-content-sha256,x-amz-date,x-amz-security-token,x-api-key")',
    );
});

test('gives preflight headers to the exact origins alone', () => {
  for (const method of preflights(two)) {
    expect(templateIn(method)).toContain(`#if($origin == "${ONE}" || $origin == "${OTHER}")\n`);
    const [before = ''] = templateIn(method).split('#if($origin == ');
    expect(before).not.toContain('responseOverride');
  }
});

test('never admits every origin, and never asks for credentials', () => {
  for (const of of [one, two]) {
    const text = JSON.stringify(of.toJSON());
    expect(text).not.toMatch(/allow-credentials/i);
    expect(text).not.toMatch(/allow-origin"?[^,}]*\*/i);
    expect(text).not.toMatch(/"AllowedOrigins":\[[^\]]*\*/);
  }
});

test.each([
  ['the one origin', one, `'${ONE}'`],
  ['the origin of the request, where there are several', two, 'method.request.header.Origin'],
] as const)('names %s in every response of API Gateway itself', (_what, of, origin) => {
  const responses = Object.values(of.findResources('AWS::ApiGateway::GatewayResponse'));
  expect(responses).toHaveLength(Object.keys(GATEWAY_PROBLEMS).length);
  for (const { Properties } of responses)
    expect(Properties.ResponseParameters).toMatchObject({
      'gatewayresponse.header.access-control-allow-origin': origin,
      'gatewayresponse.header.access-control-expose-headers':
        "'idempotency-replayed,location,retry-after,x-amzn-requestid'",
      'gatewayresponse.header.vary': "'Origin'",
    });
});

test('lets pages PUT images and read videos in the bucket', () => {
  const rule = (methods: readonly string[]) =>
    Match.objectLike({ AllowedMethods: methods, AllowedOrigins: [ONE, OTHER] });
  two.hasResourceProperties('AWS::S3::Bucket', {
    CorsConfiguration: { CorsRules: [rule(['PUT']), rule(['GET', 'HEAD'])] },
  });
});

test('gives the origins to the functions that callers call, and to no other', () => {
  const functions = resolvedTemplateOf(appWith({ context: { corsOrigins: ONE, callbacks: true } })).resources(
    'AWS::Lambda::Function',
  );
  const names = [...functions].flatMap(([id, properties]) =>
    JSON.stringify(properties).includes(`"CORS_ORIGINS":"${ONE}"`) ? [id.slice(0, -8)] : [],
  );
  const expected = Object.keys(CALLS).map((name) =>
    `template-video-${name}`.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(names.toSorted()).toEqual(expected.toSorted());
});

test('authenticates no preflight, and every other method, with an authorizer', () => {
  const stack = new Stack(new App(testApp()), 'Own');
  const handler = LambdaFunction.fromFunctionName(stack, 'Login', 'login');
  const authorizer = new TokenAuthorizer(stack, 'Users', { handler });
  new TemplateVideo(stack, 'Videos', { authorizer, corsOrigins: [ONE] });
  const methods = Object.values(Template.fromStack(stack).findResources('AWS::ApiGateway::Method'));
  for (const { Properties } of methods) {
    const isPreflight = Properties.HttpMethod === 'OPTIONS';
    expect(Properties.AuthorizationType).toBe(isPreflight ? 'NONE' : 'CUSTOM');
    expect(Boolean(Properties.AuthorizerId)).toBe(!isPreflight);
  }
});

test("has the rules of its bucket in the documentation, for a bucket of one's own", () => {
  const [documented = ''] = /\{\n {2}"CORSRules"[\s\S]*?\n\}/.exec(SECURITY) ?? [];
  const [bucket] = Object.values(one.findResources('AWS::S3::Bucket'));
  const rules = bucket?.Properties.CorsConfiguration.CorsRules as readonly Readonly<
    Record<string, unknown>
  >[];
  const asOfApi = rules.map(({ ExposedHeaders, MaxAge, ...rest }) => ({
    ...rest,
    ExposeHeaders: ExposedHeaders,
    MaxAgeSeconds: MaxAge,
  }));
  expect(JSON.parse(documented)).toEqual({ CORSRules: asOfApi });
});
