import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { gatewayProblem } from '../lambdas/core/api/problem.ts';
import {
  GATEWAY_PROBLEMS,
  type GatewayProblem,
  type GatewayResponseType,
} from '../lambdas/core/api/problem-types.ts';
import { toGatewayCorsHeaders } from './cors.ts';

/** Gives each response of API Gateway itself the form of the service's own problems. */
export function addProblemResponses(api: RestApi, corsOrigins: readonly string[]): void {
  const corsHeaders = toGatewayCorsHeaders(corsOrigins);
  for (const type of Object.keys(GATEWAY_PROBLEMS) as GatewayResponseType[])
    addProblemResponse(api, type, corsHeaders);
}

/** A response of API Gateway itself as problem+json. `messageString` is its own message as a JSON string, with the quotes. */
function addProblemResponse(
  api: RestApi,
  responseType: GatewayResponseType,
  corsHeaders: Readonly<Record<string, string>>,
): void {
  const { retryAfterSeconds }: GatewayProblem = GATEWAY_PROBLEMS[responseType];
  const problem = gatewayProblem(responseType);
  const fixed = JSON.stringify(problem);
  const withMessage = `${fixed.slice(0, -1)},"detail":$context.error.messageString}`;
  const responseHeaders: Record<string, string> = {
    'content-type': "'application/problem+json'",
    ...corsHeaders,
  };
  if (retryAfterSeconds !== undefined) responseHeaders['retry-after'] = `'${retryAfterSeconds}'`;
  api.addGatewayResponse(`${responseType}Problem`, {
    type: ResponseType.of(responseType),
    templates: { 'application/json': problem.detail === undefined ? withMessage : fixed },
    responseHeaders,
  });
}
