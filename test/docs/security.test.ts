import { expect, test } from 'vitest';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { firstCellsIn, readPage, sectionOf, wordsInCode } from './markdown.ts';

const page = readPage('docs/security.md');
const template = templateOf(appWith({ context: { callbacks: true } }));

/** The construct ids of all functions, and of those that have this variable. */
function functionsWith(variable?: string): readonly string[] {
  return Object.entries(template.findResources('AWS::Lambda::Function'))
    .filter(([, { Properties }]) => variable === undefined || variable in Properties.Environment.Variables)
    .map(([id]) => /(?:Workflow|VideoApi|Completion|TemplateVideo)?(\w+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id);
}

const listedIn = (heading: string): readonly string[] => firstCellsIn(sectionOf(page, heading));

/** Each listed name is the end of one of the ids, and no id is left over. */
function expectSame(listed: readonly string[], ids: readonly string[]): void {
  expect(listed.filter((name) => !ids.some((id) => id.endsWith(name)))).toEqual([]);
  expect(ids.filter((id) => !listed.some((name) => id.endsWith(name)))).toEqual([]);
}

test('names the functions that read the key of MiniMax', () => {
  const [, cell = ''] = /\| MiniMax's key \| [^|]+ \| ([^|]+) \|/.exec(page.text) ?? [];
  expectSame(wordsInCode(cell), functionsWith('MINIMAX_KEY_SECRET'));
});

test('lists the functions that use the table, and no function that does not exist', () => {
  expectSame(listedIn('What each function may do in the table'), functionsWith('VIDEO_TABLE'));
  const all = functionsWith();
  const ofBucket = listedIn('What each function may do in the bucket');
  expect(ofBucket.length).toBeGreaterThan(10);
  expect(ofBucket.filter((name) => !all.some((id) => id.endsWith(name)))).toEqual([]);
});
