import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_ENVIRONMENT } from '../../lambdas/core/environment.ts';

/** Bundles in name only: what is inside of them changes nothing in a template but the names of their files. @returns the folder */
export function emptyBundles(folder: string): string {
  for (const name of Object.keys(FUNCTION_ENVIRONMENT)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'index.mjs'), `// ${name}\n`);
  }
  return folder;
}
