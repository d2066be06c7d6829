import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { flagsOf } from '../../cli/script-flags.ts';
import { UsageError } from '../../local/user-error.ts';
import { markdownFiles, PROJECT, readPage, sentencesOf } from './markdown.ts';
import { MAX_WORDS, violationsOf } from './violations.ts';

/** `npm run words`: the words of each page, its longest sentence, the share of long sentences, and what is wrong with it. */
const command = {
  name: 'npm run words',
  flags: {},
  words: { name: 'PAGES', help: 'the pages to read (all), such as docs/api.md', from: 0, to: 100 },
  summary: 'Counts the words and the long sentences of each page, and names what is wrong with it.',
} as const;
const pages = flagsOf(command, ({ words }) =>
  (words.length > 0 ? words : (markdownFiles() ?? [])).map((file) => {
    if (!existsSync(join(PROJECT, file)))
      throw new UsageError(`There is no page ${file}; allowed is a path from the root of the project.`);
    return readPage(file);
  }),
);

console.table(
  Object.fromEntries(
    pages.map((page) => {
      const lengths = sentencesOf(page).map(({ words }) => words);
      const long = lengths.filter((words) => words > MAX_WORDS).length;
      return [
        page.file,
        {
          words: page.text.split(/\s+/).filter((word) => word !== '').length,
          sentences: lengths.length,
          longest: Math.max(0, ...lengths),
          [`% above ${MAX_WORDS}`]: Number(((100 * long) / Math.max(1, lengths.length)).toFixed(1)),
        },
      ];
    }),
  ),
);
for (const page of pages)
  for (const violation of violationsOf(page)) console.log(`${page.file}:${violation}`);
