import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';
import { buildPackages } from './build.ts';
import { findingsOf } from './check-package.ts';
import { ROOT } from './manifests.ts';
import { pack } from './pack.ts';
import { PROJECT } from './project.ts';

/** What has to be true of the repository before a release; empty where all is. */
export function unreadyReasons(project: string, version: string): readonly string[] {
  const changelog = readFileSync(join(project, 'CHANGELOG.md'), 'utf8');
  const kept = join('test', 'releases', version);
  const git = (...args: readonly string[]): string =>
    spawnSync('git', args, { cwd: project, encoding: 'utf8' }).stdout.trim();
  return [
    ...(changelog.includes(`## [${version}]`) ? [] : [`CHANGELOG.md has no section [${version}]`]),
    ...(existsSync(join(project, kept)) ? [] : [`${kept} is missing: npm run keep-release makes it`]),
    ...(git('status', '--porcelain') === '' ? [] : ['there are changes that are not committed']),
    ...(git('tag', '--list', `v${version}`) === '' ? [] : [`the tag v${version} exists already`]),
  ];
}

/** Builds, checks and packs both packages, and prints what would be published. @returns the exit code */
async function showRelease(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'template-video-release-'));
  try {
    const reasons = [...unreadyReasons(PROJECT, ROOT.version)];
    for (const path of Object.values(buildPackages())) {
      const { filename, size, unpackedSize, entryCount } = pack(path, folder);
      console.log(
        `${filename}: ${toMegabytes(size)} packed, ${toMegabytes(unpackedSize)} unpacked, ${entryCount} files`,
      );
      reasons.push(...(await findingsOf(path, join(folder, filename))).map((each) => `${filename}: ${each}`));
    }
    if (reasons.length === 0) {
      console.log(
        `Ready. Nothing was published. By hand: npm publish in each of dist/*, then git tag v${ROOT.version}.`,
      );
      return 0;
    }
    for (const reason of reasons) console.error(`Not ready: ${reason}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

if (import.meta.main) {
  const { values } = flagsOf({
    name: 'npm run release',
    flags: { 'dry-run': { help: 'needed, because this command publishes nothing: a person does' } },
    summary: 'Builds both packages, checks them, and shows what would be published.',
  });
  if (values['dry-run']) process.exitCode = await showRelease();
  else {
    console.error('This command publishes nothing. Give --dry-run, and publish by hand what it shows.');
    process.exitCode = 2;
  }
}
