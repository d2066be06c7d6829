import { createHash } from 'node:crypto';
import { PAGE_HEADER } from '../../lambdas/core/api/simulated.ts';
import type { Route } from '../loopback-server.ts';
import { sendProblem } from '../request-guard.ts';

/** Names a service for its pages, by what stays the same over its starts. */
export function pageOwner(...parts: readonly (string | boolean)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/**
 * Rejects the requests of pages that were loaded for another service at this address. Such a page may repeat a request that the other
 * service has accepted, and this one would create it again.
 */
export function forPagesOf(owner: string, api: Route): Route {
  return (request, response) => {
    const { [PAGE_HEADER]: given = owner } = request.headers;
    response.setHeader(PAGE_HEADER, owner);
    if (given === owner) return api(request, response);
    return sendProblem(request, response, { status: 400, detail: OTHER_PAGE });
  };
}

const OTHER_PAGE =
  'The page was loaded for another service that was at this address. Load it again. This request has started nothing.';
