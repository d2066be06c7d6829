import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unreadyReasons } from '../../build/release.ts';
import { temporaryFolder } from '../harness/running-service.ts';

const VERSION = '1.2.3';

/** A repository that is ready to be released. */
async function readyProject(): Promise<{ readonly folder: string; git(...args: readonly string[]): void }> {
  const folder = await temporaryFolder();
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', [...identity, ...args], { cwd: folder, stdio: 'ignore' });
  mkdirSync(join(folder, 'test', 'releases', VERSION), { recursive: true });
  writeFileSync(join(folder, 'test', 'releases', VERSION, 'kept.json'), '{}');
  writeFileSync(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## [${VERSION}] - 2026-11-27\n`);
  git('init');
  git('add', '-A');
  git('commit', '-m', 'all');
  return { folder, git };
}

test('is ready where everything is committed, described and kept', async () => {
  const { folder } = await readyProject();
  expect(unreadyReasons(folder, VERSION)).toEqual([]);
});

test('names a missing section, a missing release, a change and a used tag', async () => {
  const { folder, git } = await readyProject();
  expect(unreadyReasons(folder, '1.2.4')).toEqual([
    'CHANGELOG.md has no section [1.2.4]',
    `${join('test', 'releases', '1.2.4')} is missing: npm run keep-release makes it`,
  ]);
  git('tag', `v${VERSION}`);
  expect(unreadyReasons(folder, VERSION)).toEqual([`the tag v${VERSION} exists already`]);
  writeFileSync(join(folder, 'new.txt'), '');
  expect(unreadyReasons(folder, VERSION)).toContain('there are changes that are not committed');
});
