import { join, resolve } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { FUNCTION_ENVIRONMENT, type FunctionName } from '../lambdas/core/environment.ts';

const PROJECT = join(import.meta.dirname, '..');
const FUNCTION_NAMES = Object.keys(FUNCTION_ENVIRONMENT) as FunctionName[];

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE_IN_ESM = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Sources of credentials that the SDK loads only when the environment has none, which in Lambda it always has. */
const NEVER_REACHED: readonly string[] = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
];

/** The context value that names a folder of finished bundles, for a program that synthesizes many stacks. */
export const BUNDLES_CONTEXT = 'template-video:bundles';

/** The bundle of each function: the finished ones that the context names, or else new ones in the app's output folder. */
export function bundlesFor(scope: Construct): Readonly<Record<FunctionName, string>> {
  const finished: unknown = scope.node.tryGetContext(BUNDLES_CONTEXT);
  if (typeof finished === 'string') return foldersIn(finished);
  return bundleFunctions(join(Stage.of(scope)?.outdir ?? 'cdk.out', 'bundles'));
}

/**
 * Bundles every function in one go, each into a folder of its own with one minified ES module, the SDK inside.
 * @param folder of all bundles. The CDK's command line gives an app a relative one, which counts from the app's working directory;
 *   esbuild would count it from the repository.
 * @returns the folder of each function, as an absolute path
 */
export function bundleFunctions(folder: string): Readonly<Record<FunctionName, string>> {
  const outdir = resolve(folder);
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: `lambdas/${name}.ts`, out: `${name}/index` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_IN_ESM },
    legalComments: 'none',
    external: [...NEVER_REACHED],
    logLevel: 'warning',
  });
  return foldersIn(outdir);
}

function foldersIn(folder: string): Readonly<Record<FunctionName, string>> {
  const folders = FUNCTION_NAMES.map((name) => [name, join(folder, name)]);
  return Object.fromEntries(folders) as Record<FunctionName, string>;
}
