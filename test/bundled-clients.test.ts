import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_ENVIRONMENT } from '../lambdas/core/environment.ts';

/** Imports that are there at run time: https://www.typescriptlang.org/tsconfig/#verbatimModuleSyntax */
const IMPORT = /^(?:import|export)\s(?!type\s)[^'";]*?from '([^']+)'/gm;

/** Every package that a file imports, itself or through other files of this project. */
function packagesOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const imported = name.startsWith('.') ? join(dirname(file), name) : name;
    if (seen.has(imported)) continue;
    seen.add(imported);
    if (name.startsWith('.')) packagesOf(imported, seen);
  }
  return seen;
}

test('only a function that knows the table bundles the client of DynamoDB', () => {
  const bundling = Object.keys(FUNCTION_ENVIRONMENT).filter((name) =>
    packagesOf(`lambdas/${name}.ts`).has('@aws-sdk/client-dynamodb'),
  );
  const knowing = Object.entries<readonly string[]>(FUNCTION_ENVIRONMENT).filter(([, variables]) =>
    variables.includes('VIDEO_TABLE'),
  );
  expect(bundling).toEqual(knowing.map(([name]) => name));
});
