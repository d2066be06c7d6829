import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { type Bundles, bundlesIn, FUNCTION_NAMES } from './bundle-folders.ts';

const PROJECT = join(import.meta.dirname, '..');

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE_IN_ESM = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Sources of credentials that the SDK loads only when the environment has none, which in Lambda it always has. */
const NEVER_REACHED: readonly string[] = [
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
];

/**
 * Bundles every function in one go, each into a folder of its own with one minified ES module, the SDK inside.
 * @param folder of all bundles. The CDK's command line gives an app a relative one, which counts from the app's working directory;
 *   esbuild would count it from the repository.
 * @returns the folder of each function, as an absolute path
 */
export function bundleFunctions(folder: string): Bundles {
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
  return bundlesIn(outdir);
}
