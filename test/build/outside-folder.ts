import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { buildPackages, type Packages } from '../../build/build.ts';
import { pack } from '../../build/pack.ts';

const PROJECT = join(import.meta.dirname, '..', '..');

/** Both packages, packed, in a temporary folder. */
export interface PackedPackages {
  readonly folders: Packages;
  /** The paths of the `.tgz` files. */
  readonly files: Packages;
  readonly temporary: string;
  remove(): void;
}

export function packPackages(): PackedPackages {
  const temporary = mkdtempSync(join(tmpdir(), 'template-video-packages-'));
  const folders = buildPackages(join(temporary, 'dist'));
  const toFile = (folder: string): string => join(temporary, pack(folder, temporary).filename);
  return {
    folders,
    files: { library: toFile(folders.library), command: toFile(folders.command) },
    temporary,
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs until it is stopped. */
export interface Started {
  /** Of its standard output. */
  readonly firstLine: string;
  /** As Ctrl-C does. @returns its exit code */
  stop(): Promise<number | null>;
}

/** An empty folder outside of the project, as a user begins with. */
export interface OutsideFolder {
  readonly path: string;
  /** Installs a packed package, and others in the versions of this project. @throws Error with what npm says */
  install(file: string, others?: readonly string[]): void;
  copy(from: string, to?: string): void;
  run(command: string, args: readonly string[], more?: Readonly<Record<string, string>>): Ran;
  /** @throws Error where it ends before it has printed a line */
  start(command: string, args: readonly string[]): Promise<Started>;
}

export function createOutsideFolder(parent: string, name: string): OutsideFolder {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "private": true }\n');

  function run(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Ran {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: path,
      encoding: 'utf8',
      env: { ...outsideEnvironment(), ...more },
    });
    return { status, stdout, stderr };
  }

  async function start(command: string, args: readonly string[]): Promise<Started> {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = spawn(command, args, { cwd: path, env: outsideEnvironment(), stdio: [...stdio] });
    const end = once(child, 'close') as Promise<[number | null]>;
    const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    if (typeof value !== 'string') throw new Error(`${args.join(' ')} ends with ${await end}.`);
    return {
      firstLine: value,
      async stop() {
        child.kill('SIGINT');
        const [status] = await end;
        return status;
      },
    };
  }

  return {
    path,
    run,
    start,
    copy: (from, to = basename(from)) => copyFileSync(join(PROJECT, from), join(path, to)),
    install(file, others = []) {
      const wanted = others.map((other) => `${other}@${versionHere(other)}`);
      // The tarballs are in npm's cache since `npm ci`.
      const { status, stderr } = run('npm', [
        'install',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        file,
        ...wanted,
      ]);
      if (status !== 0) throw new Error(`npm install fails:\n${stderr}`);
    },
  };
}

function versionHere(name: string): string {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  return dependencies[name] ?? devDependencies[name];
}

/** What npm needs to reach its registry. Everything else that npm and vitest set is about this project. */
const KEPT =
  /^(HOME|USERPROFILE|LANG|TMPDIR|TEMP|SystemRoot|npm_config_(registry|cache|userconfig)|NPM_CONFIG_.*)$/;

/** Its Node is the one that started npm, not the Node 24 of this project. */
function outsideEnvironment(): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => KEPT.test(entry[0]));
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}
