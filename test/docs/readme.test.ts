import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { FIGURES_FOLDER } from '../../bench/report.ts';
import { readSettings } from '../../infra/settings.ts';
import { FAILURES } from '../../lambdas/core/failure.ts';
import { GLOBAL_HOST, READ_ON, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { ROWS } from '../faults/rows.ts';
import { appWith, definitionOf, resolvedTemplateOf } from '../harness/synthesized.ts';
import { PROJECT, readPage } from './markdown.ts';
import { arrowsOf, drawnArrows } from './state-graph.ts';

const MAX_WORDS = 900;
const { text, blocks } = readPage('README.md');

test('has 900 words at most', () => {
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(MAX_WORDS);
});

test('names two commands that CI runs as they stand', () => {
  const commands = blocks.map((block) => block.text).filter((block) => /^npm ci && npm \w+$/.test(block));
  expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  const lines = readFileSync(join(PROJECT, '.ci', 'run'), 'utf8').split('\n');
  expect(lines.filter((line) => /\bnpm (ci|test|run|start)\b/.test(line) && !/^#|echo/.test(line))).toEqual([
    'npm ci',
    'npm test',
    'npm run test:long',
    'npm run check',
    'printed=$(npm start --silent)',
  ]);
});

test('pictures states and arrows that the definition has', () => {
  const drawn = drawnArrows(text);
  expect(drawn.length).toBeGreaterThan(10);
  expect(arrowsOf(definitionOf(resolvedTemplateOf(appWith())))).toEqual(expect.arrayContaining([...drawn]));
});

/** The numbers of a sentence. None where the README has no such sentence. */
function numbersIn(sentence: RegExp): readonly number[] {
  const [, ...numbers] = sentence.exec(text.replaceAll(/\s+/g, ' ')) ?? [];
  return numbers.map(Number);
}

test('counts the faults, the kills, the errors and the hours as they are', () => {
  const crash = readFileSync(join(PROJECT, 'test', 'crash', 'crash.long.test.ts'), 'utf8');
  const kills = Number(/kills: (\d+)/.exec(crash)?.[1]);
  expect(numbersIn(/at MiniMax: (\d+) faults and (\d+) times `kill -9`/)).toEqual([ROWS.length, kills]);
  expect(numbersIn(/Each of (\d+) errors/)).toEqual([Object.keys(FAILURES).length]);
  expect(readSettings(new RootConstruct().node).giveUpAfterHours).toBe(9);
  expect(text).toContain('checks for nine hours');
});

test('names the dollars that the bench has measured, and those of the catalogue', () => {
  const { tables } = JSON.parse(readFileSync(join(FIGURES_FOLDER, 'bench-cost.json'), 'utf8'));
  const row = tables[0].rows.find(
    (one: Record<string, unknown>) => one.minutes === 5 && one.mode === 'as it is',
  );
  expect(numbersIn(/five-minute video takes \$([\d.]+) of AWS/)).toEqual([
    Number(Number(row.dollars).toFixed(4)),
  ]);
  const { templates } = toCatalogue(GLOBAL_HOST);
  const prices = templates.flatMap(({ price_usd }) => price_usd ?? []);
  expect(numbersIn(/MiniMax's \$([\d.]+) to \$([\d.]+)\./)).toEqual([
    Math.min(...prices),
    Math.max(...prices),
  ]);
  const [, ordered = ''] = /-d '\{"template_id":"(\d+)"/.exec(text) ?? [];
  const price = templates.find(({ template_id }) => template_id === ordered)?.price_usd;
  expect(numbersIn(/then this request costs \$([\d.]+\d)\./)).toEqual([price]);
  const example = templates.find(({ name }) => name === 'Run for Life');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    `costs $${example?.price_usd?.toFixed(2)} by MiniMax's page on ${READ_ON}`,
  );
});
