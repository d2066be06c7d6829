import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const READY = 'cli/ready.cjs';

interface Project {
  /** The version in which each package is installed; undefined where there is no folder for any. */
  readonly installed?: Readonly<Record<string, string>>;
  /** The Node that is asked for. */
  readonly node?: string;
}

/** A project that needs one package, one tool and a Node. */
async function projectWith({ installed, node = '24.21.0' }: Project): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'cli'));
  await cp(join(PROJECT, READY), join(folder, READY));
  const manifest = { dependencies: { one: '1.2.3' }, devDependencies: { tool: '2.0.0', node } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const [name, version] of Object.entries(installed ?? {})) {
    await mkdir(join(folder, 'node_modules', name), { recursive: true });
    await writeFile(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
  }
  return folder;
}

function check(folder: string, ...args: readonly string[]) {
  return new Promise((resolve) => {
    execFile(process.execPath, args.length > 0 ? args : [READY], { cwd: folder }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

test.each<[string, Project, string]>([
  ['nothing is installed', {}, 'Run `npm ci` first: no packages are installed.\n'],
  [
    'a package is not installed',
    { installed: { other: '1.0.0' } },
    'Run `npm ci` first: the package one is not installed.\n',
  ],
  [
    'a package is installed in another version',
    { installed: { one: '1.2.2' } },
    'Run `npm ci` first: the package one is installed as 1.2.2, and wanted is 1.2.3.\n',
  ],
  [
    'no Node was installed, and the one of the machine is too old',
    { installed: { one: '1.2.3' }, node: '99.1.0' },
    `Run \`npm ci\` first, without --omit=dev: Node 99 is needed, and this is Node ${process.versions.node}. \`npm ci\` brings Node 99.1.0.\n`,
  ],
])('names the missing command in one line where %s', async (_case, project, err) => {
  expect(await check(await projectWith(project))).toEqual({ code: 1, out: '', err });
});

test('asks for a tool only where a script needs it', async () => {
  const folder = await projectWith({ installed: { one: '1.2.3' } });
  expect(await check(folder)).toEqual({ code: 0, out: '', err: '' });
  const err = 'Run `npm ci` first, without --omit=dev: the package tool is not installed.\n';
  expect(await check(folder, READY, 'tool')).toEqual({ code: 1, out: '', err });
});

test('ends a program before its first line', async () => {
  const folder = await projectWith({});
  await writeFile(join(folder, 'main.ts'), 'console.log("ran"); const no: = syntax');
  expect(await check(folder, '-r', `./${READY}`, 'main.ts')).toMatchObject({ code: 1, out: '' });
});

test('runs before every script of npm', async () => {
  const { scripts } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  expect(
    Object.values<string>(scripts).filter((script) => !/^node (?:-r \.\/)?cli\/ready\.cjs /.test(script)),
  ).toEqual([]);
});
