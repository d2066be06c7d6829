import { join } from 'node:path';
import { FUNCTION_ENVIRONMENT, type FunctionName } from '../lambdas/core/environment.ts';

export const FUNCTION_NAMES = Object.keys(FUNCTION_ENVIRONMENT) as FunctionName[];

/** The folder of each function. */
export type Bundles = Readonly<Record<FunctionName, string>>;

export function bundlesIn(folder: string): Bundles {
  return Object.fromEntries(FUNCTION_NAMES.map((name) => [name, join(folder, name)])) as Bundles;
}
