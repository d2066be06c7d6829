import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toPage } from '../../docs/templates.ts';
import { videoRequestSchema } from '../../lambdas/core/api/request.ts';
import {
  GLOBAL_HOST,
  templateViolations,
  templateWarnings,
  toCatalogue,
} from '../../lambdas/core/minimax/templates.ts';
import { PROJECT, readPage } from './markdown.ts';

test('is made of the catalogue (npm run templates-page writes docs/templates.md)', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'templates.md'), 'utf8')).toBe(toPage());
});

test('shows a body for each template, which the API accepts without a warning', () => {
  const catalogues = [GLOBAL_HOST, 'https://api.minimax.cn'].map(toCatalogue);
  const templates = catalogues.flatMap((catalogue) =>
    catalogue.templates.map((template) => ({ template, catalogue })),
  );
  const bodies = readPage('docs/templates.md').blocks.filter(({ language }) => language === 'json');
  expect(bodies).toHaveLength(templates.length);
  for (const [index, { template, catalogue }] of templates.entries()) {
    const body = JSON.parse(bodies[index]?.text ?? '');
    expect(videoRequestSchema.safeParse(body).error?.issues).toBeUndefined();
    expect(body.template_id).toBe(template.template_id);
    expect(templateViolations(body, catalogue)).toEqual([]);
    expect(templateWarnings(body.template_id, catalogue)).toEqual([]);
  }
});
