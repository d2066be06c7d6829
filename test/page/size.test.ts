import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundlePage } from '../../local/page/bundle.ts';

test('is at most 60 kB of gzip, with everything that a browser loads for the first view', () => {
  const sizes = [...bundlePage().values()].map((content) => gzipSync(content).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
});
