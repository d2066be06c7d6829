import { Duration } from 'aws-cdk-lib';
import { AuthorizationType, type IResource, MockIntegration, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type CorsRule, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../lambdas/core/api/cors.ts';
import { CALLS } from '../lambdas/core/api/routes.ts';

/** How long a browser may keep the answer to a preflight request, and so for how long it still admits an origin that was removed. */
const MAX_AGE = Duration.minutes(10);

const PREFLIGHT_STATUS = '204';

interface PreflightProps {
  /** The origins that get CORS headers. Every other origin gets none. */
  readonly origins: readonly string[];
  /** The methods of the resource. */
  readonly methods: readonly string[];
}

/** Answers the preflight requests for each resource that callers use, and so not for the route of callbacks. None without origins. */
export function addPreflights(api: RestApi, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const calls = Object.values(CALLS);
  for (const path of new Set(calls.map((call) => call.path))) {
    const methods = calls.filter((call) => call.path === path).map(({ method }) => method);
    addPreflight(api.root.resourceForPath(path), { origins, methods });
  }
}

/**
 * Answers the preflight requests for a resource without authorization, because a browser sends them without credentials. The CDK's own
 * preflight names the first origin to every page.
 */
function addPreflight(resource: IResource, props: PreflightProps): void {
  const headers = { 'Access-Control-Allow-Origin': true, ...toPreflightHeaders(props) };
  const parameters = [...Object.keys(headers), 'Vary'].map((name) => [
    `method.response.header.${name}`,
    true,
  ]);
  const integration = new MockIntegration({
    requestTemplates: { 'application/json': '{"statusCode":204}' },
    integrationResponses: [
      {
        statusCode: PREFLIGHT_STATUS,
        responseParameters: { 'method.response.header.Vary': "'Origin'" },
        responseTemplates: { 'application/json': toPreflightTemplate(props) },
      },
    ],
  });
  resource.addMethod('OPTIONS', integration, {
    // API Gateway applies the API's defaults, its authorizer included, to every option that is left out here.
    authorizer: { authorizerId: '', authorizationType: AuthorizationType.NONE },
    authorizationType: AuthorizationType.NONE,
    apiKeyRequired: false,
    methodResponses: [{ statusCode: PREFLIGHT_STATUS, responseParameters: Object.fromEntries(parameters) }],
  });
}

function toPreflightHeaders({ methods }: PreflightProps): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Headers': REQUEST_HEADERS.join(','),
    'Access-Control-Allow-Methods': methods.join(','),
    'Access-Control-Max-Age': String(MAX_AGE.toSeconds()),
  };
}

/**
 * Sets the headers for an allowed origin only. HTTP/2 sends names of headers in lower case.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
function toPreflightTemplate(props: PreflightProps): string {
  const isAllowed = props.origins.map((origin) => `$origin == "${origin}"`).join(' || ');
  const set = (name: string, value: string): string =>
    `#set($context.responseOverride.header.${name} = ${value})`;
  return [
    '#set($origin = $input.params().header.get("Origin"))',
    '#if(!$origin || $origin == "")#set($origin = $input.params().header.get("origin"))#end',
    `#if(${isAllowed})`,
    set('Access-Control-Allow-Origin', '$origin'),
    ...Object.entries(toPreflightHeaders(props)).map(([name, value]) => set(name, `"${value}"`)),
    '#end',
  ].join('\n');
}

/**
 * The CORS headers of API Gateway's own responses, which cannot compare an origin: they have fixed values, or copies of what the request
 * had. With several origins, a response names the origin of its request, which docs/security.md justifies.
 */
export function toGatewayCorsHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  const [first] = origins;
  if (first === undefined) return {};
  return {
    'access-control-allow-origin': origins.length === 1 ? `'${first}'` : 'method.request.header.Origin',
    'access-control-expose-headers': `'${RESPONSE_HEADERS.join(',')}'`,
    vary: "'Origin'",
  };
}

/** Lets pages of these origins PUT images and read videos. Each such request needs a signed link. */
export function toBucketCorsRules(origins: readonly string[]): CorsRule[] | undefined {
  if (origins.length === 0) return undefined;
  const common = { allowedOrigins: [...origins], maxAge: MAX_AGE.toSeconds() };
  return [
    {
      ...common,
      allowedMethods: [HttpMethods.PUT],
      allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
      exposedHeaders: ['ETag'],
    },
    {
      ...common,
      allowedMethods: [HttpMethods.GET, HttpMethods.HEAD],
      allowedHeaders: ['if-match', 'if-none-match', 'if-range', 'range'],
      exposedHeaders: ['Accept-Ranges', 'Content-Disposition', 'Content-Length', 'Content-Range', 'ETag'],
    },
  ];
}
