import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { vi } from 'vitest';
import { gatewayProblem } from '../../lambdas/core/api/problem.ts';
import { CALLS, type CallName } from '../../lambdas/core/api/routes.ts';
import type { FunctionName } from '../../lambdas/core/environment.ts';
import { UNSIGNED } from '../../local/api-gateway/api-event.ts';
import { type Matcher, toMatchers } from '../../local/api-gateway/route-matcher.ts';
import type { RunningService } from '../harness/running-service.ts';

export interface ApiRequest {
  readonly method: string;
  /** As in the address, without the query. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A handler gets bytes in base64, as from API Gateway. */
  readonly body?: string | Buffer<ArrayBuffer>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One way to call the HTTPS API. */
export interface ApiCaller {
  /** The part of the path before `/videos`. */
  readonly base: string;
  call(request: ApiRequest): Promise<ApiAnswer>;
}

/** Calls over HTTP, through the local gateway and the bundles in their workers. */
export function overHttp({ service }: RunningService): ApiCaller {
  return {
    base: '',
    async call({ method, path, query, headers = {}, body }) {
      const url = `${service.url}${path}${query === undefined ? '' : `?${query}`}`;
      const answer = await fetch(url, { method, headers, body });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        text: await answer.text(),
      };
    },
  };
}

type Handler = (event: APIGatewayProxyEvent, context: object) => Promise<APIGatewayProxyResult>;

/** The environments of all functions of a service, merged. */
export function environmentOf({ service }: RunningService): Readonly<Record<string, string>> {
  const own = service.deployment.functions.map(({ environment }) => environment);
  return Object.assign({}, service.environment, ...own);
}

/** Calls the handlers in this process, with the event that API Gateway's stage `prod` makes. */
export async function onHandlers(variables: Readonly<Record<string, string>>): Promise<ApiCaller> {
  const names = Object.keys(CALLS) as CallName[];
  // The handlers read their environment when they are loaded.
  vi.resetModules();
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const handlers = new Map<FunctionName, Handler>();
  for (const name of names) {
    const module = (await import(`../../lambdas/${name}.ts`)) as { readonly handler: Handler };
    handlers.set(name, module.handler);
  }

  return {
    base: '/prod',
    async call(request) {
      const route = toRoute(request);
      if (route === undefined) return NO_SUCH_ROUTE;
      const { name, resource, pathParameters } = route;
      const event = toEvent(request, resource, pathParameters);
      const answer = await (handlers.get(name) as Handler)(event, {
        awsRequestId: randomUUID(),
        functionName: name,
        getRemainingTimeInMillis: () => 20_000,
      });
      const headers = Object.entries(answer.headers ?? {}).map(([key, value]) => [key, String(value)]);
      return { status: answer.statusCode, headers: Object.fromEntries(headers), text: answer.body };
    },
  };
}

/** Without a function behind it, API Gateway answers by itself. */
const NO_SUCH_ROUTE: ApiAnswer = {
  status: 403,
  headers: { 'content-type': 'application/problem+json' },
  text: JSON.stringify(gatewayProblem('MISSING_AUTHENTICATION_TOKEN')),
};

const MATCHERS: readonly Matcher[] = toMatchers(
  Object.entries(CALLS).map(([name, { method, path }]) => ({ method, path, functionArn: name })),
);

interface RouteMatch {
  readonly name: CallName;
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

function toRoute({ method, path }: ApiRequest): RouteMatch | undefined {
  const matcher = MATCHERS.find(({ pattern }) => pattern.test(path));
  const name = matcher?.methods.get(method) as CallName | undefined;
  if (matcher === undefined || name === undefined) return undefined;
  const parameters = Object.entries(matcher.pattern.exec(path)?.groups ?? {});
  return {
    name,
    resource: matcher.path,
    pathParameters:
      parameters.length === 0
        ? null
        : Object.fromEntries(parameters.map(([key, value]) => [key, decoded(value)])),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toEvent(
  { method, path, query, headers = {}, body }: ApiRequest,
  resource: string,
  pathParameters: RouteMatch['pathParameters'],
): APIGatewayProxyEvent {
  const parameters = new URLSearchParams(query);
  const multi = Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]),
  );
  const single = Object.fromEntries(Object.entries(multi).map(([name, values]) => [name, values.at(-1)]));
  const hasQuery = Object.keys(multi).length > 0;
  return {
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: hasQuery ? single : null,
    multiValueQueryStringParameters: hasQuery ? multi : null,
    pathParameters,
    stageVariables: null,
    body: typeof body === 'object' ? body.toString('base64') : (body ?? null),
    isBase64Encoded: typeof body === 'object',
    requestContext: {
      requestId: randomUUID(),
      stage: 'prod',
      path: `/prod${path}`,
      identity: { caller: UNSIGNED },
    },
  } as unknown as APIGatewayProxyEvent;
}
