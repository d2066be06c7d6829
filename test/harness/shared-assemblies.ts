import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestProject } from 'vitest/node';
import { BUNDLES_CONTEXT } from '../../infra/bundles.ts';
import { bundleFunctions } from '../../infra/bundling.ts';
import { type Context, synthesize } from '../../local/synthesize.ts';
import { linkAssets } from './assembly.ts';

/** Cloud assemblies by their settings. */
export interface SharedAssemblies {
  readonly plain: string;
  readonly callbacks: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    assemblies: SharedAssemblies;
    /** Whether this is `npm run test:long`. */
    isLong: boolean;
  }
}

const WORKER = new URL('../../local/lambda/worker.ts', import.meta.url);

/** No request of a test may reach MiniMax, also where a test gives no other host. */
const NO_MINIMAX = { minimaxHost: 'https://minimax.invalid' };

/** Bundles the functions once and synthesizes both stacks, for all files of the project `system`. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-assemblies-'));
  provide('assemblies', await synthesizeBoth(folder));
  return () => rm(folder, { recursive: true, force: true });
}

export async function synthesizeBoth(folder: string): Promise<SharedAssemblies> {
  const bundles = join(folder, 'bundles');
  bundleFunctions(bundles);
  const context = { ...NO_MINIMAX, [BUNDLES_CONTEXT]: bundles };
  const assemblies = { plain: join(folder, 'plain'), callbacks: join(folder, 'with-callbacks') };
  await synthesize(assemblies.plain, context);
  await synthesize(assemblies.callbacks, { ...context, callbacks: true });
  await linkAssets(assemblies.callbacks, assemblies.plain);
  fillCompileCache(assemblies.callbacks, join(folder, 'compile-cache'));
  return assemblies;
}

/** Synthesizes a stack with further settings beside the shared ones, from their bundles. */
export async function synthesizeWith({ callbacks }: SharedAssemblies, settings: Context): Promise<string> {
  const folder = dirname(callbacks);
  const assembly = await mkdtemp(join(folder, 'own-'));
  const context = { ...NO_MINIMAX, ...settings, [BUNDLES_CONTEXT]: join(folder, 'bundles') };
  await synthesize(assembly, context);
  await linkAssets(callbacks, assembly);
  return assembly;
}

/** Only a process that ends by itself writes what it has compiled, and the workers of functions are terminated. */
function fillCompileCache(assembly: string, cache: string): void {
  const bundles = globSync('asset.*/index.mjs', { cwd: assembly }).map((path) => join(assembly, path));
  const urls = [WORKER, ...bundles.map((path) => pathToFileURL(path))].map(({ href }) => href);
  const program = 'for (const url of process.argv.slice(1)) await import(url).catch(() => undefined);';
  const env = { NODE_COMPILE_CACHE: cache };
  spawnSync(process.execPath, ['--input-type=module', '-e', program, ...urls], { env });
}
