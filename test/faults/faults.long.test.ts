import { testMatrix } from './matrix.ts';
import { isInShortRun, ROWS } from './rows.ts';

testMatrix(
  ROWS.filter((row) => !isInShortRun(row)),
  false,
);
