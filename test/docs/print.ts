// Prints the words of each page, its longest sentence, the share of long sentences, and what is wrong with it.
// `npm run words -- docs/api.md` names the pages to read. By default all are read.

import { markdownFiles, readPage, sentencesOf } from './markdown.ts';
import { MAX_WORDS, violationsOf } from './violations.ts';

const named = process.argv.slice(2);
const pages = (named.length > 0 ? named : (markdownFiles() ?? [])).map(readPage);

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
