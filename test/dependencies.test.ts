import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Package {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** Whether it comes inside the file of the package in whose folder it lies, which has an integrity of its own. */
  readonly inBundle?: boolean;
}

const {
  name: ownName,
  dependencies,
  devDependencies,
}: Package = JSON.parse(await readFile('package.json', 'utf8'));
const lock: { readonly packages: Readonly<Record<string, LockEntry>> } = JSON.parse(
  await readFile('package-lock.json', 'utf8'),
);

/** What is bundled for Lambda or for browsers, used by the construct, or run by a command. */
const SHIPPED = ['client', 'infra', 'lambdas', 'local', 'cli', 'page'];
const OTHERS = ['bench', 'build', 'docs', 'examples', 'test'];

/** Imports that are there at run time: https://www.typescriptlang.org/tsconfig/#verbatimModuleSyntax */
const IMPORT =
  /^(?:import|export)\s(?!type\s)[^'";]*?from '([^'.][^']*)'|\bimport\('([^'.][^']*)'\)|^import '([^'.][^']*)'/gm;

/** Every package that the code in these folders imports, with the files that do. */
async function importsOf(folders: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const lists = folders.map(async (folder) => {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
  });
  const files = (await Promise.all(lists)).flat();
  const imports = files.map(async (file) => {
    const text = withoutStrings(await readFile(file, 'utf8'));
    return [...text.matchAll(IMPORT)].map((found) => ({ name: packageOf(found.slice(1).join('')), file }));
  });
  const external = (await Promise.all(imports)).flat().filter(({ name }) => !name.startsWith('node:'));
  return new Map(
    [...Map.groupBy(external, ({ name }) => name)].map(([name, found]) => [
      name,
      found.map(({ file }) => file),
    ]),
  );
}

/** Code in a template string is not imported by the file that it stands in. */
function withoutStrings(text: string): string {
  return text.replaceAll(/`[^`]*`/g, '``');
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What packages want to find beside them. */
async function peersOf(names: readonly string[]): Promise<readonly string[]> {
  const peers = names.map(async (name) => {
    const text = await readFile(join('node_modules', name, 'package.json'), 'utf8');
    return Object.keys((JSON.parse(text) as { readonly peerDependencies?: object }).peerDependencies ?? {});
  });
  return (await Promise.all(peers)).flat();
}

test('has in dependencies what shipped code imports, and nothing but that and its peers', async () => {
  const shipped = [...(await importsOf(SHIPPED)).keys()];
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(shipped));
  const used = [...shipped, ...(await peersOf(shipped))];
  expect(used).toEqual(expect.arrayContaining(Object.keys(dependencies)));
});

test('declares every package that any other code imports', async () => {
  const declared = { [ownName]: '', ...dependencies, ...devDependencies };
  const undeclared = [...(await importsOf(OTHERS))].filter(([name]) => !Object.hasOwn(declared, name));
  expect(undeclared).toEqual([]);
});

test('names exact versions', () => {
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

test('knows the hash of everything that is installed, and names no registry', () => {
  const entries = Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && link !== true);
  expect(entries.length).toBeGreaterThan(300);
  for (const [path, { integrity, inBundle, resolved }] of entries) {
    const outer = lock.packages[path.slice(0, path.lastIndexOf('/node_modules/'))];
    expect(inBundle === true ? outer?.integrity : integrity, path).toMatch(/^sha512-/);
    expect(resolved, path).toBeUndefined();
  }
});
