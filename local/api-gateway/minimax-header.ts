import { MINIMAX_HEADER, SIMULATED } from '../../lambdas/core/api/simulated.ts';
import type { Route } from '../loopback-server.ts';
import { sendProblem } from '../request-guard.ts';

/** The API of a service with the simulated MiniMax. */
export function sayingSimulated(api: Route): Route {
  return (request, response) => {
    response.setHeader(MINIMAX_HEADER, SIMULATED);
    return api(request, response);
  };
}

/** The API of a service with the real MiniMax. A caller that counts on the simulated one, such as a page of yesterday, must not pay. */
export function rejectingSimulated(api: Route): Route {
  return (request, response) => {
    if (request.headers[MINIMAX_HEADER] !== SIMULATED) return api(request, response);
    return sendProblem(request, response, { status: 400, detail: NOT_SIMULATED });
  };
}

export const NOT_SIMULATED =
  'The request counts on a simulated MiniMax, and this service has the real one. Load the page again. Nothing was started.';
