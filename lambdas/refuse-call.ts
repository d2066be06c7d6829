import { ProblemError, toProblem } from './core/api/problem.ts';
import { methodsOf } from './core/api/routes.ts';
import { apiHandler } from './io/lambda/api-handler.ts';

/** Every path and method that is none of the API's: 404, or 405 with the methods that the path has. */
export const handler = apiHandler(async ({ resource, path, httpMethod }) => {
  const methods = methodsOf(resource).join(', ');
  if (methods === '') {
    const shown = JSON.stringify(path.slice(0, 100));
    throw new ProblemError(toProblem('path-not-found', `There is nothing at ${shown}: look under /videos.`));
  }
  const detail = `${resource} has no ${httpMethod}; allowed are ${methods}.`;
  throw new ProblemError(toProblem('method-not-allowed', detail), { allow: methods });
});
