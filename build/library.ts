import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { bundleFunctions } from '../infra/bundling.ts';
import { writeDeclarations } from './declarations.ts';
import { writeLicenses } from './licenses.ts';
import { LIBRARY_ENTRIES, libraryManifest, writeManifest } from './manifests.ts';
import { PROJECT } from './project.ts';

/** What the library's user installs beside it, or with it. Everything else is in its files. */
const INSTALLED = ['aws-cdk-lib', 'constructs', 'zod'];

export interface PackageOptions {
  readonly folder: string;
  /** A folder for what is between. */
  readonly temporary: string;
  /** Whether the committed reports of the public surface are replaced, instead of compared. */
  readonly isUpdate: boolean;
}

/** Writes the package `template-video`, ready for `npm pack`. @throws ChangedSurface */
export function buildLibrary({ folder, temporary, isUpdate }: PackageOptions): void {
  mkdirSync(folder, { recursive: true });
  buildFormat('esm', '.js', folder);
  buildFormat('cjs', '.cjs', folder);
  const bundles = join(folder, 'bundles');
  bundleFunctions(bundles);
  writeLicenses(join(folder, 'THIRD-PARTY-LICENSES.txt'));
  copyFileSync(join(PROJECT, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(import.meta.dirname, 'readme', 'template-video.md'), join(folder, 'README.md'));
  writeManifest(folder, libraryManifest());
  writeDeclarations({ entries: LIBRARY_ENTRIES, outdir: folder, temporary, isUpdate });
}

function buildFormat(format: 'esm' | 'cjs', extension: string, outdir: string): void {
  const { client, ...forNode } = LIBRARY_ENTRIES;
  const options = { format, outExtension: { '.js': extension }, outdir };
  build({ ...options, entryPoints: forNode, platform: 'node' });
  build({ ...options, entryPoints: { client }, platform: 'browser', minify: true });
}

function build(options: BuildOptions): void {
  const isCommonJs = options.format === 'cjs';
  buildSync({
    absWorkingDir: PROJECT,
    bundle: true,
    target: 'es2022',
    legalComments: 'none',
    external: INSTALLED,
    define: isCommonJs ? { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' } : {},
    logLevel: 'warning',
    ...options,
  });
}
