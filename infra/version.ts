import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');

/** Of this software. */
export const VERSION: string = (JSON.parse(manifest) as { readonly version: string }).version;
