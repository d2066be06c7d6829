import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CrossOrigin, Preflight } from '../template/cors.ts';

/** Answers a preflight request as the mapping template does: an origin that it does not have gets no CORS headers. */
export function sendPreflight(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { origins, headers: allowed }: Preflight,
): void {
  const { origin } = headers;
  response.setHeader('vary', 'Origin');
  if (origin !== undefined && origins.includes(origin)) {
    response.setHeader('access-control-allow-origin', origin);
    for (const [name, value] of Object.entries(allowed)) response.setHeader(name, value);
  }
  response.writeHead(204).end();
}

/** The CORS headers of one of API Gateway's own responses. Each is a fixed text in quotes, or the origin of the request. */
export function toGatewayHeaders(
  { gatewayHeaders }: Pick<CrossOrigin, 'gatewayHeaders'>,
  type: string,
  { headers }: IncomingMessage,
): Readonly<Record<string, string>> {
  const found = Object.entries(gatewayHeaders.get(type) ?? {}).map(([name, value]) => {
    const [, fixed] = /^'(.*)'$/.exec(value) ?? [];
    return [name, fixed ?? headers.origin] as const;
  });
  return Object.fromEntries(
    found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
