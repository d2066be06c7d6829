import { expect, test } from 'vitest';
import { ALARMS } from '../../infra/alarms.ts';
import { OUTPUT_NAMES } from '../../infra/output-names.ts';
import { FAILURES } from '../../lambdas/core/failure.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { anchorsOf, readPage } from './markdown.ts';

const page = readPage('docs/operations.md');

test('says on the first page of each alarm what happened and what to do', () => {
  const [firstPage = ''] = page.text.split('\n## ');
  const rows = [...firstPage.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\) \| (.+) \| (.+) \|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(ALARMS));
  const anchors = anchorsOf(page);
  for (const [, , anchor = ''] of rows) expect(anchors.has(anchor), anchor).toBe(true);
});

test('reads outputs that the stack has, and names errors that exist', () => {
  const outputs = [...page.text.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name);
  expect(outputs.length).toBeGreaterThan(3);
  expect(OUTPUT_NAMES).toEqual(expect.arrayContaining(outputs));
  const template = templateOf(appWith());
  for (const name of outputs) expect(Object.keys(template.findOutputs('*'))).toContain(name);
  const named = ['GenerationFailed', 'ContentRejected', 'SubmitOutcomeUnknown', 'VideoExistsAlready'];
  expect(Object.keys(FAILURES)).toEqual(expect.arrayContaining(named));
  for (const name of named) expect(page.text).toContain(`\`${name}\``);
});
