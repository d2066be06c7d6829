import type { Route } from '../template/deployment.ts';

/** One resource of the API. */
export interface Matcher {
  readonly path: string;
  readonly pattern: RegExp;
  /** The function of each method. */
  readonly methods: ReadonlyMap<string, string>;
}

/** Orders resources as API Gateway does: those with the fewest variables in their path come first. */
export function toMatchers(routes: readonly Route[]): readonly Matcher[] {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  return [...byPath]
    .map(([path, methods]) => ({
      path,
      pattern: toPattern(path),
      methods: new Map(methods.map(({ method, functionArn }) => [method, functionArn])),
    }))
    .sort((one, other) => specificity(one.path) - specificity(other.path));
}

function specificity(path: string): number {
  return (path.match(/\{\w+\}/g) ?? []).length + (path.includes('+}') ? 100 : 0);
}

/** An expression for a path such as `/videos/{video_id}`, with a named group for each parameter. */
function toPattern(path: string): RegExp {
  const variable = (_: string, name: string, isGreedy: string): string =>
    isGreedy === '+' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
  return new RegExp(`^${path.replace(/\/$/, '').replaceAll(/\{(\w+)(\+?)\}/g, variable)}/?$`);
}
