import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../cli/script-flags.ts';
import { buildCommand } from './command.ts';
import { ChangedSurface } from './declarations.ts';
import { buildLibrary } from './library.ts';

const DIST = join(import.meta.dirname, '..', 'dist');

export interface Packages {
  readonly library: string;
  readonly command: string;
}

/** Builds both packages. @throws ChangedSurface */
export function buildPackages(dist = DIST, isUpdate = false): Packages {
  const packages = { library: join(dist, 'template-video'), command: join(dist, 'template-video-cli') };
  const temporary = mkdtempSync(join(tmpdir(), 'template-video-build-'));
  try {
    for (const folder of Object.values(packages)) rmSync(folder, { recursive: true, force: true });
    buildLibrary({ folder: packages.library, temporary, isUpdate });
    buildCommand({ folder: packages.command, library: packages.library });
    return packages;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values } = flagsOf({
    name: 'npm run build',
    flags: {
      'update-api': {
        help: 'replace the reports of the public surface in build/api, instead of comparing with them',
      },
    },
    summary: 'Builds the packages dist/template-video and dist/template-video-cli, each ready for npm pack.',
  });
  try {
    for (const folder of Object.values(buildPackages(DIST, values['update-api']))) console.log(folder);
  } catch (error) {
    if (!(error instanceof ChangedSurface)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
