import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleFunctions } from '../infra/bundling.ts';
import { FUNCTION_ENVIRONMENT, type FunctionName } from '../lambdas/core/environment.ts';
import { medianOf, ratio, runNode, type Table } from './measure.ts';

const TIMES = 5;
const IMPORT =
  'const t = performance.now(); await import(process.argv[1]); console.log(performance.now() - t); process.exit()';

/** The size of each bundle, and the time that Node takes to import it in a new process, as in a cold start. */
export async function measureBundles(folder: string): Promise<Table> {
  const bundles = bundleFunctions(join(folder, 'bundles'));
  const unbundledMs = await importMilliseconds('@aws-sdk/client-s3', {});

  const rows = [];
  for (const [name, bundle] of Object.entries(bundles)) {
    const entry = join(bundle, 'index.mjs');
    const source = await readFile(entry);
    const variables: readonly string[] = FUNCTION_ENVIRONMENT[name as FunctionName];
    const environment = Object.fromEntries(variables.map((variable) => [variable, '1']));
    const importMs = await importMilliseconds(entry, { ...environment, AWS_REGION: 'us-east-1' });
    rows.push({
      function: name,
      kB: Number((source.length / 1000).toFixed(1)),
      'kB gzipped': Number((gzipSync(source).length / 1000).toFixed(1)),
      'import ms': Number(importMs.toFixed(1)),
      'of the SDK unbundled': ratio(importMs, unbundledMs),
    });
  }
  return {
    title: `Bundles (import: median of ${TIMES} new processes; @aws-sdk/client-s3 from node_modules takes ${unbundledMs.toFixed(1)} ms)`,
    rows,
  };
}

function importMilliseconds(entry: string, environment: Readonly<Record<string, string>>): Promise<number> {
  return medianOf(TIMES, async () =>
    Number(await runNode(['--input-type=module', '-e', IMPORT, entry], environment)),
  );
}
