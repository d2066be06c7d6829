import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { bundlePage, PAGE_BUILD } from '../../local/page/bundle.ts';
import type { Table } from '../measure.ts';

const MAX_GZIP_BYTES = 60_000;

type Row = Table['rows'][number];

/** Every file that a browser loads, and their sum. */
export function fileSizes(): Table {
  const files = [...bundlePage()].map(([file, content]) => ({
    file,
    bytes: content.length,
    gzip: gzipSync(content).length,
    brotli: brotliCompressSync(content).length,
  }));
  const sumOf = (name: 'bytes' | 'gzip' | 'brotli'): number =>
    files.reduce((sum, each) => sum + each[name], 0);
  const all = { file: 'all', bytes: sumOf('bytes'), gzip: sumOf('gzip'), brotli: sumOf('brotli') };
  return {
    title: `Files of the page (goal: ${kilobytes(MAX_GZIP_BYTES)} kB of gzip)`,
    rows: [...files, all].map(
      ({ file, bytes, gzip, brotli }): Row => ({
        file,
        kB: kilobytes(bytes),
        'kB gzip': kilobytes(gzip),
        'kB brotli': kilobytes(brotli),
        'gzip of the goal': (gzip / MAX_GZIP_BYTES).toFixed(2),
      }),
    ),
  };
}

/** What the program of the page is made of, by package, and by folder of this project. */
export function composition(): Table {
  const { metafile } = buildSync({ ...PAGE_BUILD, metafile: true });
  const program = metafile.outputs['main.js'];
  if (program === undefined) throw new Error('esbuild has made no main.js.');
  const parts = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(program.inputs))
    parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytesInOutput);
  const known = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  parts.set("esbuild's own", program.bytes - known);
  return {
    title: 'What main.js is made of, minified and not compressed',
    rows: [...parts]
      .toSorted(([, one], [, other]) => other - one)
      .map(([part, bytes]) => ({ part, kB: kilobytes(bytes), share: (bytes / program.bytes).toFixed(2) })),
  };
}

/** The folders of the page in which a view is. What they share is `page`. */
const VIEWS = /^(make|watch|list)\//;

/** @param path from the folder of the page */
function partOf(path: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name !== undefined) return name;
  const [, folder] = /^\.\.\/(lambdas\/core|[^/]+)/.exec(path) ?? [];
  if (folder !== undefined) return folder;
  const [, view] = VIEWS.exec(path) ?? [];
  return view === undefined ? 'page' : `page/${view}`;
}

function kilobytes(bytes: number): number {
  return Number((bytes / 1000).toFixed(1));
}
