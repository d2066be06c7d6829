import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './project.ts';

interface RootManifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const ROOT: RootManifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));

/** The entries of the library, by the names of their files. The construct is the entry of the package itself. */
export const LIBRARY_ENTRIES = {
  construct: 'infra/index.ts',
  client: 'client/index.ts',
  events: 'lambdas/core/events.ts',
} as const;

export type LibraryEntry = keyof typeof LIBRARY_ENTRIES;

/** The oldest releases of the CDK with everything that the construct uses. */
const PEERS = { 'aws-cdk-lib': '^2.276.0', constructs: '^10.8.1' };

/** The manifest of the library. It has no `bin` and no server. */
export function libraryManifest(): object {
  const { version, description, license, dependencies } = ROOT;
  return {
    name: 'template-video',
    version,
    description,
    keywords: ['aws', 'aws-cdk', 'cdk', 'minimax', 'hailuo', 'video', 'step-functions'],
    license,
    type: 'module',
    engines: { node: '>=20.11' },
    sideEffects: false,
    main: './construct.cjs',
    types: './construct.d.cts',
    exports: {
      '.': toConditions('construct'),
      './client': toConditions('client'),
      './events': toConditions('events'),
      './package.json': './package.json',
    },
    // For TypeScript with `moduleResolution: node10`, which does not know `exports`.
    typesVersions: { '*': { client: ['./client.d.cts'], events: ['./events.d.cts'] } },
    dependencies: pick(dependencies, ['zod']),
    peerDependencies: PEERS,
  };
}

/** Tools of the CDK and of the repository, and what only the functions and the page import, whose bundles have it inside. */
const NOT_IN_COMMAND: readonly string[] = [
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-lambda-powertools/parameters',
  '@aws-sdk/client-eventbridge',
  '@middy/core',
  'cdk-nag',
  'esbuild',
  'ipaddr.js',
  'preact',
  'uuid',
];

/** The manifest of the command. It contains what it needs of the library, so that both never differ. */
export function commandManifest(): object {
  const { version, license, dependencies } = ROOT;
  const names = Object.keys(dependencies).filter((name) => !NOT_IN_COMMAND.includes(name));
  return {
    name: 'template-video-cli',
    version,
    description:
      'The command of Template Video: make, list and watch videos, and the whole service on one machine',
    keywords: ['minimax', 'hailuo', 'video', 'cli', 'mcp'],
    license,
    type: 'module',
    engines: { node: '>=20.11' },
    bin: { 'template-video': './cli/template-video.js' },
    dependencies: pick(dependencies, names),
  };
}

export function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function toConditions(entry: LibraryEntry): object {
  return {
    import: { types: `./${entry}.d.ts`, default: `./${entry}.js` },
    require: { types: `./${entry}.d.cts`, default: `./${entry}.cjs` },
  };
}

function pick<Value>(from: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}
