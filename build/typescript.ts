import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './project.ts';

export interface TypeScriptOptions {
  /** Sources, from the project's folder. What they import is compiled with them. */
  readonly files: readonly string[];
  readonly outdir: string;
  /** Compiler options beside those of `tsconfig.json`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Compiles sources with the project's TypeScript, which has no JavaScript interface. @throws Error with what it printed */
export function runTypeScript({ files, outdir, options }: TypeScriptOptions): void {
  const folder = mkdtempSync(join(tmpdir(), 'template-video-tsc-'));
  try {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify(toConfig(files, outdir, options)));
    const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', config], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`TypeScript rejects ${files.join(', ')}:\n${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toConfig(files: readonly string[], outDir: string, options: object): object {
  return {
    extends: join(PROJECT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      rewriteRelativeImportExtensions: true,
      rootDir: PROJECT,
      outDir,
      // Node 20 has nothing newer.
      target: 'es2023',
      typeRoots: [join(PROJECT, 'node_modules', '@types')],
      ...options,
    },
    include: [],
    files: files.map((file) => join(PROJECT, file)),
  };
}
