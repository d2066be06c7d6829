import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { FUNCTION_NAMES } from '../infra/bundle-folders.ts';
import { PROJECT } from './project.ts';

const SEPARATOR = `\n\n${'-'.repeat(80)}\n\n`;

/** Writes the licenses of the packages whose code is inside the bundles, the client and the page. */
export function writeLicenses(path: string): void {
  const texts = bundledPackages().map(toText);
  const head = 'The bundles of the functions, the client and the page contain code of these packages.';
  writeFileSync(path, `${[head, ...texts].join(SEPARATOR)}\n`);
}

/** Their folders, from the repository's folder. */
function bundledPackages(): readonly string[] {
  const { metafile } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [...FUNCTION_NAMES.map((name) => `lambdas/${name}.ts`), 'client/index.ts', 'page/main.tsx'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

function toText(folder: string): string {
  const path = join(PROJECT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((each) => /^(licen[cs]e|copying)/i.test(each));
  const text = file !== undefined ? readFileSync(join(path, file), 'utf8') : '';
  return `${name} ${version}, ${license}\n\n${text.trim()}`.trim();
}
