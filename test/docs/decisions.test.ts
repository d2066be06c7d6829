import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from './markdown.ts';

const FOLDER = join(PROJECT, 'docs', 'decisions');
const files = readdirSync(FOLDER)
  .filter((file) => file !== 'README.md')
  .sort();
const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

test('numbers the decisions without a gap', () => {
  expect(files.length).toBeGreaterThan(15);
  expect(files.map((file) => file.slice(0, 5))).toEqual(
    files.map((_, index) => `${String(index + 1).padStart(4, '0')}-`),
  );
});

test.each(files)('%s has a date, a status and its five parts', (file) => {
  expect(textOf(file)).toMatch(
    /^# .+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (accepted|superseded by \[\d{4}\]\(.+\))\n\n## Decided\n/,
  );
  const headings = [...textOf(file).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(['Decided', 'Because', 'Instead of', 'Cost', 'Revisit when']);
});

test('has each decision with its title and date in the index', () => {
  const rows = [...textOf('README.md').matchAll(/^\| \[\d{4}\]\((.+)\) \| (.+) \| (.+) \|$/gm)];
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    files.map((file) => [
      file,
      /^# (.+)$/m.exec(textOf(file))?.[1],
      /^- Date: (.+)$/m.exec(textOf(file))?.[1],
    ]),
  );
});
