import { expect, test } from 'vitest';
import { anchorsOf, linksOf, markdownFiles, readPage, sentencesOf, toPage } from './markdown.ts';
import { violationsOf } from './violations.ts';

const files = markdownFiles();
if (files === undefined) console.warn('No git repository: the pages are not checked.');
const pages = files ?? [];

test.skipIf(files === undefined).each(pages)(
  '%s has links, paths and commands that exist, and lines and sentences of a length to read',
  (file) => {
    expect(violationsOf(readPage(file))).toEqual([]);
  },
);

const inDocs = pages.filter((file) => /^docs\/[\w-]+\.md$/.test(file));
test.skipIf(inDocs.length === 0).each(inDocs)('%s says first for whom it is', (file) => {
  expect(readPage(file).text).toMatch(/^# .+\n\n(?:<!--.*-->\n\n)?\*\*For [^*]+\*\*/);
});

test('a violation of each kind is found', () => {
  const page = toPage(
    'docs/example.md',
    [
      '# Example',
      '',
      'See [a](nothing.md) and [b](#nowhere), `lambdas/nothing.ts` and `npm run nothing`.',
      '`-c nothing=1` and `npx vitest run test/nothing.test.ts`.',
      `${'word '.repeat(30)}end.`,
      '',
      '```sh',
      'npm start -- --nothing',
      'npx template-video nothing',
      'if',
      '```',
      '',
      '```json',
      '{',
      '```',
      '',
      '```rust',
      '```',
      '',
      '| a | b |',
      '|---|---|',
      '| c \\| d | e | f |',
    ].join('\n'),
  );
  expect(
    violationsOf(page).map((violation) =>
      violation.replaceAll(/ in one sentence: .*|: bash:.*|JSON: .*/g, ''),
    ),
  ).toEqual([
    expect.stringMatching(/^3: the link nothing.md leads to no file/),
    expect.stringMatching(/^3: the link #nowhere leads to no heading/),
    '5: 154 characters, 120 are allowed',
    '22: a row of 3 cells in a table of 2',
    '3: 31 words',
    '3: there is no lambdas/nothing.ts',
    '3: package.json has no script nothing: npm run nothing',
    '4: there is no setting nothing: -c nothing=1',
    '4: there is no test/nothing.test.ts: npx vitest run test/nothing.test.ts',
    '7: make has no flag --nothing: npm start -- --nothing',
    '7: there is no such command: npx template-video nothing',
    '7: bash cannot read the block',
    expect.stringMatching(/^13: no/),
    expect.stringMatching(/^17: the language of a code block is one of/),
  ]);
});

test('reads links, anchors and sentences as a reader of Markdown does', () => {
  const page = toPage(
    'docs/example.md',
    '# One `two`, three\n\n## One two three\n\n<a id="own"></a>\nSee [it](a.md#b). Then `a. b` ends.\nNew line\n\n- First\n- Second: Third\n\n| a | b c |\n',
  );
  expect([...anchorsOf(page)].sort()).toEqual(['one-two-three', 'one-two-three-1', 'own']);
  expect(linksOf(page).map(({ target }) => target)).toEqual(['a.md#b']);
  expect(sentencesOf(page).map(({ text }) => text)).toEqual([
    'See it.',
    'Then code ends.',
    'New line',
    'First',
    'Second:',
    'Third',
    'a',
    'b c',
  ]);
});
