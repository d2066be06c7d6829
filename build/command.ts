import { copyFileSync, cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundlePage } from '../local/page/bundle.ts';
import { commandManifest, ROOT, writeManifest } from './manifests.ts';
import { PROJECT } from './project.ts';
import { runTypeScript } from './typescript.ts';

/** The command itself, and the programs that it starts as threads. */
const ENTRIES = ['cli/template-video.ts', 'local/lambda/worker.ts', 'local/dynamodb/worker.ts'];

/** Files that the programs read beside their own code. */
const READ_FILES = ['cdk.json', 'local/simulator/clip.mp4', 'local/simulator/pet.jpg', 'LICENSE'];

export interface CommandOptions {
  readonly folder: string;
  /** The finished library, whose bundles the local service runs. */
  readonly library: string;
}

/** Writes the package `template-video-cli`, ready for `npm pack`. */
export function buildCommand({ folder, library }: CommandOptions): void {
  runTypeScript({
    files: [...ENTRIES, ...globSync('{lambdas,local}/**/*.d.ts', { cwd: PROJECT })],
    outdir: folder,
    options: { declaration: false },
  });
  // Both need esbuild, and are loaded only where no bundles are finished.
  rmSync(join(folder, 'infra', 'bundling.js'), { force: true });
  rmSync(join(folder, 'local', 'page', 'bundle.js'), { force: true });
  writeVersion(join(folder, 'lambdas', 'core', 'version.js'));
  for (const file of READ_FILES) copy(join(PROJECT, file), join(folder, file));
  cpSync(join(PROJECT, 'skills'), join(folder, 'skills'), { recursive: true });
  cpSync(join(library, 'bundles'), join(folder, 'infra', 'bundles'), { recursive: true });
  writePage(join(folder, 'local', 'page', 'files'));
  copy(join(library, 'THIRD-PARTY-LICENSES.txt'), join(folder, 'THIRD-PARTY-LICENSES.txt'));
  copy(join(import.meta.dirname, 'readme', 'template-video-cli.md'), join(folder, 'README.md'));
  writeManifest(folder, commandManifest());
}

function writePage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of bundlePage()) writeFileSync(join(folder, name), content);
}

/** Node 20 prints a warning at each start of a program that imports JSON. */
function writeVersion(path: string): void {
  const { version } = ROOT;
  const values = { VERSION: version, USER_AGENT: `template-video/${version}` };
  const lines = Object.entries(values).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
  );
  writeFileSync(path, lines.join(''));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
