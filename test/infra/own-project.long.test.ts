import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '..', '..');
const CONSTRUCT = join(PROJECT, 'infra', 'template-video.ts');

/** A stack at the top, one in a stage, and one in a stage of that stage. */
const APP = `
import { App, Stack, Stage } from 'aws-cdk-lib';
import { TemplateVideo } from ${JSON.stringify(CONSTRUCT)};

const app = new App();
new TemplateVideo(new Stack(app, 'Own'), 'Videos');
const test = new Stage(app, 'Test');
new TemplateVideo(new Stack(test, 'Own'), 'Videos', { api: false });
new TemplateVideo(new Stack(new Stage(test, 'Inner'), 'Own'), 'Videos', { api: false });
`;

/** A project of a user, outside the repository. It finds the packages without a network. */
async function ownProject(): Promise<string> {
  const folder = await temporaryFolder();
  await Promise.all([
    symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules')),
    writeFile(join(folder, 'package.json'), '{ "type": "module" }'),
    writeFile(join(folder, 'app.ts'), APP),
    writeFile(join(folder, 'cdk.json'), JSON.stringify({ app: `${process.execPath} app.ts` })),
    mkdir(join(folder, 'elsewhere')),
  ]);
  return folder;
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

/** How many of the bundles that each asset manifest names exist. */
function bundlesIn(assembly: string): Readonly<Record<string, number>> {
  const manifests = globSync('**/*.assets.json', { cwd: assembly });
  return Object.fromEntries(
    manifests.map((manifest) => {
      const file = join(assembly, manifest);
      const { files } = JSON.parse(readFileSync(file, 'utf8')) as AssetManifest;
      const bundles = Object.values(files).map(({ source }) =>
        resolve(dirname(file), source.path, 'index.mjs'),
      );
      return [manifest.replace(/^.*?(\w*?Own).*$/, '$1'), bundles.filter((path) => existsSync(path)).length];
    }),
  );
}

test.each([
  ['without a folder', { args: [], assembly: 'cdk.out' }],
  ['into a relative folder', { args: ['-o', 'made/here'], assembly: 'made/here' }],
  ['into an absolute folder', { args: ['-o', '{project}/elsewhere/out'], assembly: 'elsewhere/out' }],
  [
    'from another working directory',
    {
      args: ['-a', `${process.execPath} ../app.ts`, '-o', 'out'],
      assembly: 'elsewhere/out',
      cwd: 'elsewhere',
    },
  ],
] as const)(
  "the CDK's command line synthesizes the stacks of a user's project: %s",
  async (_how, { args, assembly, ...where }) => {
    const project = await ownProject();
    const own = args.map((arg) => arg.replace('{project}', project));
    const cwd = 'cwd' in where ? join(project, where.cwd) : project;
    await run('npx', ['--no-install', 'cdk', 'synth', '--quiet', '--no-notices', ...own], { cwd });
    const withApi = 16;
    const withoutApi = 7;
    expect(bundlesIn(join(project, assembly))).toEqual({
      Own: withApi,
      TestOwn: withoutApi,
      TestInnerOwn: withoutApi,
    });
  },
);
