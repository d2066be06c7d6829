import * as z from 'zod/mini';
import type { SynthesizedTemplate } from './template.ts';

type Headers = Readonly<Record<string, string>>;

/** The answer to the preflight requests for one path of the API. */
export interface Preflight {
  /** As in `/videos/{video_id}`. */
  readonly path: string;
  readonly origins: readonly string[];
  /** For these origins, beside `Access-Control-Allow-Origin`. */
  readonly headers: Headers;
}

/** A CORS rule of a bucket. */
export interface BucketCorsRule {
  readonly bucket: string;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly requestHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}

/** What the template lets pages of other origins do. */
export interface CrossOrigin {
  readonly preflights: readonly Preflight[];
  /** The CORS headers of API Gateway's own responses, by their type, as the template has them. */
  readonly gatewayHeaders: ReadonlyMap<string, Headers>;
  readonly bucketRules: readonly BucketCorsRule[];
}

export function readCrossOrigin(
  template: SynthesizedTemplate,
  pathOf: (resource: string) => string,
): CrossOrigin {
  return {
    preflights: readPreflights(template, pathOf),
    gatewayHeaders: readGatewayHeaders(template),
    bucketRules: readBucketRules(template),
  };
}

const preflightProperties = z.object({
  HttpMethod: z.literal('OPTIONS'),
  ResourceId: z.string(),
  Integration: z.object({
    Type: z.literal('MOCK'),
    IntegrationResponses: z.array(
      z.object({ ResponseTemplates: z.object({ 'application/json': z.string() }) }),
    ),
  }),
});

/** Is this method answered by API Gateway itself, as a preflight? */
export function isPreflight(properties: unknown): boolean {
  return preflightProperties.safeParse(properties).success;
}

/** Reads origins and headers from the mapping template of `infra/cors.ts`, which is in Velocity. */
function readPreflights(
  template: SynthesizedTemplate,
  pathOf: (resource: string) => string,
): readonly Preflight[] {
  return [...template.resources('AWS::ApiGateway::Method').values()].flatMap((properties) => {
    const found = preflightProperties.safeParse(properties).data;
    if (found === undefined) return [];
    const velocity = found.Integration.IntegrationResponses[0]?.ResponseTemplates['application/json'] ?? '';
    const origins = [...velocity.matchAll(/\$origin == "([^"]+)"/g)].map(([, origin = '']) => origin);
    const sets = velocity.matchAll(/\.responseOverride\.header\.([\w-]+) = "([^"]*)"\)/g);
    const headers = Object.fromEntries([...sets].map(([, name = '', value = '']) => [name, value]));
    return [{ path: pathOf(found.ResourceId) || '/', origins, headers }];
  });
}

const gatewayResponseProperties = z.object({
  ResponseType: z.string(),
  ResponseParameters: z.record(z.string(), z.string()),
});

function readGatewayHeaders(template: SynthesizedTemplate): CrossOrigin['gatewayHeaders'] {
  const responses = [...template.resources('AWS::ApiGateway::GatewayResponse').values()];
  return new Map(
    responses.map((properties) => {
      const { ResponseType, ResponseParameters } = z.parse(gatewayResponseProperties, properties);
      const entries = Object.entries(ResponseParameters).map(
        ([name, value]) => [name.replace('gatewayresponse.header.', ''), value] as const,
      );
      return [ResponseType, Object.fromEntries(entries.filter(([name]) => CORS_HEADER.test(name)))];
    }),
  );
}

const CORS_HEADER = /^(access-control-|vary$)/;

const texts = z._default(z.array(z.string()), []);
const bucketProperties = z.object({
  CorsConfiguration: z.optional(
    z.object({
      CorsRules: z.array(
        z.object({
          AllowedOrigins: texts,
          AllowedMethods: texts,
          AllowedHeaders: texts,
          ExposedHeaders: texts,
          MaxAge: z._default(z.number(), 0),
        }),
      ),
    }),
  ),
});

function readBucketRules(template: SynthesizedTemplate): readonly BucketCorsRule[] {
  return [...template.resources('AWS::S3::Bucket')].flatMap(([logicalId, properties]) => {
    const { CorsConfiguration } = z.parse(bucketProperties, properties);
    return (CorsConfiguration?.CorsRules ?? []).map((rule) => ({
      bucket: template.nameOf(logicalId),
      origins: rule.AllowedOrigins,
      methods: rule.AllowedMethods,
      requestHeaders: rule.AllowedHeaders,
      exposedHeaders: rule.ExposedHeaders,
      maxAgeSeconds: rule.MaxAge,
    }));
  });
}
