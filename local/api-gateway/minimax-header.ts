import type { Route } from '../loopback-server.ts';

/** A header of every answer of the API whose videos a simulated MiniMax makes. Such videos cost nothing. */
export const MINIMAX_HEADER = 'template-video-minimax';
export const SIMULATED = 'simulated';

/** The API of a service with the simulated MiniMax. */
export function sayingSimulated(api: Route): Route {
  return (request, response) => {
    response.setHeader(MINIMAX_HEADER, SIMULATED);
    return api(request, response);
  };
}
