import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The page that is finished in a package lies beside this code. The repository has none there. */
const PACKAGED = join(import.meta.dirname, 'files');
const SAMPLE = join(import.meta.dirname, '..', 'simulator', 'pet.jpg');

/** Files by their names. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

/** Every file of the page. In the repository its program is bundled first. */
export async function readPageFiles(): Promise<PageFiles> {
  const packaged = await readdir(PACKAGED).catch(() => undefined);
  const files = packaged === undefined ? await bundleHere() : await readAll(packaged);
  return new Map([...files, ['pet.jpg', await readFile(SAMPLE)]]);
}

/** Loads esbuild only here, because the package has none. */
async function bundleHere(): Promise<PageFiles> {
  const { bundlePage } = await import('./bundle.ts');
  return bundlePage();
}

async function readAll(names: readonly string[]): Promise<PageFiles> {
  const read = names.map(async (name) => [name, await readFile(join(PACKAGED, name))] as const);
  return new Map(await Promise.all(read));
}
