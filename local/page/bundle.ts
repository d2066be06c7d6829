import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

const PAGE_FOLDER = join(import.meta.dirname, '..', '..', 'page');

/** The page's files that are not bundled. */
const PLAIN = ['index.html', 'icon.svg'];

/** How esbuild makes the page's program and its style. */
export const PAGE_BUILD = {
  absWorkingDir: PAGE_FOLDER,
  entryPoints: ['main.tsx', 'style.css'],
  outdir: '.',
  bundle: true,
  minify: true,
  format: 'esm',
  // An import of a module of Node is an error.
  platform: 'browser',
  target: ['es2024', 'chrome130', 'firefox132', 'safari18'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
  write: false as const,
} satisfies BuildOptions & { readonly write: false };

/** Bundles the page's program and its style. @returns every file of the page but the sample picture, by its name */
export function bundlePage(): ReadonlyMap<string, Uint8Array> {
  const { outputFiles } = buildSync(PAGE_BUILD);
  const bundled = outputFiles.map(({ path, contents }) => [basename(path), contents] as const);
  const plain = PLAIN.map((name) => [name, readFileSync(join(PAGE_FOLDER, name))] as const);
  return new Map([...plain, ...bundled]);
}
