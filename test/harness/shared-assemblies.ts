import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { BUNDLES_CONTEXT, bundleFunctions } from '../../infra/bundling.ts';
import { synthesize } from '../../local/synthesize.ts';

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
  const assemblies = { plain: join(folder, 'plain'), callbacks: join(folder, 'callbacks') };
  await synthesize(assemblies.plain, context);
  await synthesize(assemblies.callbacks, { ...context, callbacks: true });
  return assemblies;
}
