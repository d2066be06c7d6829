import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import { FUNCTION_ENVIRONMENT, type FunctionName } from '../lambdas/core/environment.ts';

/** The context value that names a folder of bundles. */
export const BUNDLES_CONTEXT = 'template-video:bundles';

/** The bundles that a package brings lie beside this code. The repository has none there. */
export const PACKAGED_BUNDLES = join(import.meta.dirname, 'bundles');

export const FUNCTION_NAMES = Object.keys(FUNCTION_ENVIRONMENT) as FunctionName[];

/** The folder of each function. */
export type Bundles = Readonly<Record<FunctionName, string>>;

/**
 * The bundles that the context names, or else those of the package.
 * @throws Error where there are none
 */
export function bundlesFor(scope: Construct): Bundles {
  const given: unknown = scope.node.tryGetContext(BUNDLES_CONTEXT);
  const folder = typeof given === 'string' ? given : PACKAGED_BUNDLES;
  if (existsSync(folder)) return bundlesIn(folder);
  throw new Error(
    `The bundles of the functions are missing: there is no folder ${folder}. The package template-video contains it; in the repository, the context value ${BUNDLES_CONTEXT} names it.`,
  );
}

export function bundlesIn(folder: string): Bundles {
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, join(folder, name)])) as Bundles;
}
