import { describe, expect, test } from 'vitest';
import { createMp4BoxScanner, type Mp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import { type Corpus, NO_VIDEO, NOT_YET, PLAYED, WHOLE } from '../../harness/mp4-corpus.ts';
import { edgesOf } from '../../harness/mp4-edges.ts';

function scannerOf(file: Uint8Array): Mp4BoxScanner {
  const scanner = createMp4BoxScanner();
  scanner.push(file);
  return scanner;
}

function kindOf(file: Uint8Array): string {
  const scanner = scannerOf(file);
  if (scanner.isUnrecoverable()) return 'no video';
  return scanner.whyUnplayable() === undefined ? 'playable' : 'not yet';
}

test('the corpus has enough files', () => {
  expect([...PLAYED, ...WHOLE, ...NOT_YET, ...NO_VIDEO].length).toBeGreaterThan(100);
});

describe.each<[string, Corpus]>([
  ['playable', [...PLAYED, ...WHOLE]],
  ['not yet', NOT_YET],
  ['no video', NO_VIDEO],
])('%s', (kind, files) => {
  test.each(files)('%s', (_name, file) => {
    expect(kindOf(file)).toBe(kind);
  });
});

/** These files have all that is played before their last box, or play in part. */
const PLAY_EARLIER = /after it|unknown type|index to the end|fragments with/;

test.each([...PLAYED, ...WHOLE].filter(([name]) => !PLAY_EARLIER.test(name)))(
  'waits for more where a file ends after a box: %s',
  (_name, file) => {
    const cuts = edgesOf(file).filter((at) => at < file.length);
    expect(cuts.length).toBeGreaterThan(10);
    for (const at of cuts) expect([at, kindOf(file.subarray(0, at))]).toEqual([at, 'not yet']);
  },
);
