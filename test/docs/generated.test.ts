import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toPage as toPerformancePage } from '../../docs/performance.ts';
import { STATES } from '../../lambdas/core/states.ts';
import { PROJECT } from './markdown.ts';

const textOf = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');

test('docs/performance.md is made of the kept tables (npm run performance writes it)', () => {
  expect(textOf('docs/performance.md')).toBe(toPerformancePage());
});

test('docs/performance.md has ten rows in a table at most', () => {
  const tables = textOf('docs/performance.md')
    .split(/\n\n/)
    .filter((part) => part.startsWith('|'));
  expect(tables.length).toBeGreaterThan(5);
  for (const table of tables) expect(table.trim().split('\n').length - 2).toBeLessThanOrEqual(10);
});

/** The texts of an SVG, in their order. */
function textsIn(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
}

test.each(['demo.svg', 'history.svg'])('docs/%s is small, and loads nothing from elsewhere', (name) => {
  const file = join('docs', name);
  expect(statSync(join(PROJECT, file)).size).toBeLessThan(2_000_000);
  const addresses = [...textOf(file).matchAll(/(?:href|src)="([^"]*)"|url\(([^)]*)\)/g)];
  for (const [, href = '', url = ''] of addresses)
    expect(href + url).toMatch(/^(#|data:image\/jpeg;base64,)/);
});

test('docs/demo.svg shows the states of a good video, and stills of it', () => {
  const svg = textOf('docs/demo.svg');
  const texts = textsIn(svg).join('\n');
  const { taskGiven, submitTask, wait, checkTask, finished, copyVideo, videoReady } = STATES;
  for (const state of [taskGiven, submitTask, wait, checkTask, finished, copyVideo, videoReady])
    expect(texts).toContain(state);
  expect(texts).toContain('$ npm start');
  expect(svg.match(/<image /g)?.length).toBeGreaterThan(10);
  expect(svg).toContain('prefers-reduced-motion');
});
