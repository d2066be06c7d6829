import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Bundles, bundlesIn } from './bundle-folders.ts';

/** The context value that names a folder of bundles. */
export const BUNDLES_CONTEXT = 'template-video:bundles';

/** The bundles that a package brings lie beside this code. The repository has none there. */
const PACKAGED_BUNDLES = join(import.meta.dirname, 'bundles');

/** The bundles that the context names, or those of the package. In the repository, where there are none, they are made. */
export function bundlesFor(scope: Construct): Bundles {
  const given: unknown = scope.node.tryGetContext(BUNDLES_CONTEXT);
  if (typeof given === 'string') return bundlesIn(given);
  return existsSync(PACKAGED_BUNDLES) ? bundlesIn(PACKAGED_BUNDLES) : bundleHere(scope);
}

/** Loads esbuild only here, because the package has none. */
function bundleHere(scope: Construct): Bundles {
  const { bundleFunctions }: typeof import('./bundling.ts') = createRequire(import.meta.url)('./bundling.ts');
  return bundleFunctions(join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles'));
}
