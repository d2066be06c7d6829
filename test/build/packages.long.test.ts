import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackages } from '../../build/build.ts';
import { findingsOf } from '../../build/check-package.ts';
import { startSimulatedMiniMax } from '../../cli/minimax-backend.ts';
import { type RunningStack, startStack } from '../../cli/start-stack.ts';
import { startLocalService } from '../../local/local-service.ts';
import { hasChromium, launchChromium } from '../harness/chromium.ts';
import { REQUEST } from '../harness/running-service.ts';
import {
  createOutsideFolder,
  type OutsideFolder,
  type PackedPackages,
  packPackages,
} from './outside-folder.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const TEMPLATE = join('cdk.out', 'Shop.template.json');
const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;

let packed: PackedPackages;

beforeAll(() => {
  packed = packPackages();
});

afterAll(() => packed.remove());

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(folder, name)).isFile()).sort();
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

test.each(['library', 'command'] as const)(
  'makes the package of the %s without a finding of publint, of its types, or of its size',
  async (name) => {
    expect(await findingsOf(packed.folders[name], packed.files[name])).toEqual([]);
  },
);

test('builds equal files twice, without a path of this machine', () => {
  const again = buildPackages(join(packed.temporary, 'again'));
  for (const name of ['library', 'command'] as const) {
    const folder = packed.folders[name];
    const files = filesIn(folder);
    expect(filesIn(again[name])).toEqual(files);
    for (const file of files) {
      expect([file, hashOf(join(again[name], file))]).toEqual([file, hashOf(join(folder, file))]);
      expect(readFileSync(join(folder, file)).includes(PROJECT), file).toBe(false);
    }
  }
});

test.each(['library', 'command'] as const)(
  'names in the manifest of the %s what its code imports',
  (name) => {
    const folder = packed.folders[name];
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    const code = filesIn(folder).filter((file) => /\.(c?js|d\.c?ts)$/.test(file));
    const imported = code.flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return [...text.matchAll(/(?:from|import|import\(|require\() ?["']([^"'.\s][^"'\s]*)["']/g)].map(
        ([, found = '']) => found,
      );
    });
    const packages = imported
      .filter((specifier) => !isBuiltin(specifier))
      .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    expect([...new Set(packages)].sort()).toEqual(declared.sort());
  },
);

describe('a user of the library, outside of the project', () => {
  let user: OutsideFolder;
  beforeAll(() => {
    user = createOutsideFolder(packed.temporary, 'user');
    user.install(packed.files.library, ['aws-cdk', 'aws-cdk-lib', 'constructs', 'typescript', '@types/node']);
  });

  test.each(['app.mjs', 'app.cjs'])('synthesizes %s', (app) => {
    user.copy(`test/build/apps/${app}`);
    const { status, stderr } = user.run('npx', ['cdk', 'synth', '-q', '--app', `node ${app}`]);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('rror')]);
    expect(existsSync(join(user.path, TEMPLATE))).toBe(true);
  });

  test('compiles and synthesizes the eight lines of the README in TypeScript', () => {
    user.copy('examples/eight-lines.ts', 'eight-lines.mts');
    user.copy('test/build/apps/entries.ts', 'entries.mts');
    const checked = user.run('npx', [
      'tsc',
      ...['--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022'],
      ...['--types', 'node', 'eight-lines.mts', 'entries.mts'],
    ]);
    expect([checked.status, checked.stdout]).toEqual([0, '']);
    const { status, stderr } = user.run('npx', ['cdk', 'synth', '-q', '--app', 'node eight-lines.mjs']);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('rror')]);
  });

  test('runs no esbuild and no Docker, and gets the assets of the package', () => {
    user.copy('test/build/apps/app.mjs');
    user.run('npx', ['cdk', 'synth', '-q', '--app', 'node app.mjs']);
    expect(existsSync(join(user.path, 'node_modules', 'esbuild'))).toBe(false);
    const bundles = join(packed.folders.library, 'bundles');
    const packaged = new Set(filesIn(bundles).map((name) => hashOf(join(bundles, name))));
    const assets = filesIn(join(user.path, 'cdk.out')).filter((name) => name.endsWith('index.mjs'));
    expect(assets.length).toBeGreaterThan(10);
    for (const name of assets) expect(packaged).toContain(hashOf(join(user.path, 'cdk.out', name)));
  });

  test.skipIf(!hasCfnLint)('gives a template in which cfn-lint finds nothing', () => {
    user.copy('test/build/apps/app.cjs');
    user.run('npx', ['cdk', 'synth', '-q', '--app', 'node app.cjs']);
    const { stdout } = spawnSync('cfn-lint', ['-t', join(user.path, TEMPLATE)], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test('makes a video with the template of the own stack, on the local engine', async () => {
    await using cleanup = new AsyncDisposableStack();
    const { simulator, secrets } = await startSimulatedMiniMax();
    cleanup.defer(simulator.stop);
    user.copy('test/build/apps/app.mjs');
    user.run('npx', ['cdk', 'synth', '-q', '--app', 'node app.mjs'], { SIMULATOR: simulator.url });
    const ended = Promise.withResolvers<string>();
    const service = await startLocalService({
      assembly: join(user.path, 'cdk.out'),
      objectFolder: join(user.path, 'objects'),
      secrets,
      onEvent: ({ status }) => status !== 'RUNNING' && ended.resolve(status),
    });
    cleanup.defer(service.stop);
    const headers = { 'content-type': 'application/json' };
    const posted = await fetch(`${service.url}/videos`, {
      method: 'POST',
      headers,
      body: JSON.stringify(REQUEST),
    });
    expect(posted.status).toBe(202);
    expect(await ended.promise).toBe('SUCCEEDED');
  });
});

describe('a user of the command, outside of the project', () => {
  let folder: OutsideFolder;
  beforeAll(() => {
    folder = createOutsideFolder(packed.temporary, 'command');
    folder.install(packed.files.command);
  });

  const NODE_24 = process.execPath;
  const PROGRAM = join('node_modules', 'template-video-cli', 'cli', 'template-video.js');

  test('shows the version and the commands, also on the Node that started npm', () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    expect(folder.run('npx', ['template-video', '--version']).stdout.trim()).toBe(version);
    expect(folder.run('npx', ['template-video', '--help']).stdout).toContain('doctor');
  });

  test('makes a video on this machine, without this project', () => {
    const { status, stdout, stderr } = folder.run(NODE_24, [PROGRAM, 'make', '--here']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('simulated')]);
    const file = readFileSync(join(folder.path, stdout.trim().split('\n').at(-1) ?? ''));
    expect(file.subarray(4, 8).toString()).toBe('ftyp');
  });

  test('has the finished page, and nothing of what makes it', () => {
    const { dependencies } = JSON.parse(readFileSync(join(packed.folders.command, 'package.json'), 'utf8'));
    for (const name of ['preact', 'esbuild', 'playwright-core'])
      expect(dependencies).not.toHaveProperty(name);
    const page = join(packed.folders.command, 'local', 'page');
    expect(existsSync(join(page, 'bundle.js'))).toBe(false);
    expect(filesIn(join(page, 'files'))).toEqual(['icon.svg', 'index.html', 'main.js', 'style.css']);
    const licenses = readFileSync(join(packed.folders.command, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(licenses).toMatch(/^preact [\d.]+, MIT$/m);
  });

  describe.skipIf(!hasChromium)('in Chromium', () => {
    let stack: RunningStack;
    let browser: Browser;
    beforeAll(async () => {
      stack = await startStack({ minimax: {}, isKept: false, port: 0, announce: () => undefined });
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser?.close();
      await stack?.[Symbol.asyncDispose]();
    });

    test.each([
      ['Node 24', NODE_24],
      ['the Node that started npm', 'node'],
    ])('shows the page of a service, and makes a video, on %s', async (_name, node) => {
      await using cleanup = new AsyncDisposableStack();
      const { url } = stack.service;
      const { firstLine, stop } = await folder.start(node, [PROGRAM, 'page', '--url', `${url}/videos`]);
      cleanup.defer(async () => void (await stop()));
      const page = await browser.newPage();
      cleanup.defer(() => page.close());
      await page.goto(firstLine);
      await page.getByRole('link', { name: 'Anime Life Sim' }).click();
      await page.getByLabel(/^Text/).fill(`On ${node}`);
      await page.getByRole('button', { name: /^Make it/ }).click();
      await page.locator('video').waitFor({ timeout: 120_000 });
      expect(await stop()).toBe(0);
    });
  });

  test('brings what an agent reads', () => {
    const skill = join(
      folder.path,
      'node_modules',
      'template-video-cli',
      'skills',
      'template-video',
      'SKILL.md',
    );
    expect(readFileSync(skill, 'utf8')).toContain('name: template-video');
  });
});
