import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { toOpenApi, toOpenApiText } from '../../docs/openapi.ts';
import { PROBLEM_KINDS } from '../../lambdas/core/api/problem-types.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'openapi.json');

test('matches the schemas (npm run openapi writes docs/openapi.json)', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(toOpenApiText());
});

test('is an OpenAPI 3.1 document without a broken reference', async () => {
  const validator = new Validator();
  expect(await validator.validate(toOpenApiText())).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(() => validator.resolveRefs()).not.toThrow();
});

test('has every status that a problem can have', () => {
  const { paths } = toOpenApi() as { readonly paths: object };
  const statuses = Object.values(PROBLEM_KINDS).flatMap((kind) => ('status' in kind ? kind.status : []));
  const documented = JSON.stringify(paths);
  for (const status of new Set(statuses)) expect(documented).toContain(`"${status}":{"description"`);
});
