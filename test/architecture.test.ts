import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '..');

/** What stands further right may import what stands further left, and never the other way round. */
const ORDERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'lambdas/core': [
    ['text', 'failure', 'environment', 'states', 'storage-keys', 'version', 'content-coding'],
    ['json', 'image', 'download', 'mp4', 'callback'],
    ['minimax'],
    ['api'],
    ['job'],
    ['record-failure'],
    ['video'],
    ['table'],
    ['completion'],
    ['history'],
    ['events'],
  ],
  'lambdas/io': [
    ['timing', 'environment', 'http'],
    ['aws', 'table'],
    ['lambda', 'minimax', 'download', 'image', 'callback', 'job'],
    ['video'],
    ['completion', 'reindex'],
  ],
};

/** Which top folders each may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'lambdas/core': [],
  'lambdas/io': ['lambdas/core'],
  lambdas: ['lambdas/core', 'lambdas/io'],
  infra: ['lambdas/core'],
  local: ['lambdas/core', 'infra'],
  client: ['lambdas/core'],
  page: ['lambdas/core', 'client'],
  // `lambdas/io` for `npm run reindex` alone: see below.
  cli: ['lambdas/core', 'lambdas/io', 'infra', 'local', 'client'],
};

const FILES = ['lambdas', 'infra', 'local', 'client', 'cli', 'page']
  .flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true }).map((name) => join(folder, String(name))),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));

const IMPORTS = FILES.flatMap((from) =>
  [...readFileSync(join(PROJECT, from), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+\.tsx?)'/g)].map(
    ([, name = '']) => ({ from, to: normalize(join(dirname(from), name)) }),
  ),
);

const topOf = (file: string): string =>
  /^lambdas\/(?:core|io)(?=\/)/.exec(file)?.[0] ?? file.split('/')[0] ?? '';
const subjectOf = (file: string): string => file.slice(topOf(file).length + 1).split(/\/|\.tsx?$/)[0] ?? '';
const sentence = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  `${from} imports ${to}`;

/** The names that are on a circle: what is left when everything that leads to no circle is taken away. */
function circlesOf(edges: readonly (readonly [string, string])[]): readonly string[] {
  let left = edges;
  for (;;) {
    const starts = new Set(left.map(([from]) => from));
    const ends = new Set(left.map(([, to]) => to));
    const kept = left.filter(([from, to]) => starts.has(to) && ends.has(from));
    if (kept.length === left.length) return left.map(([from, to]) => `${from} -> ${to}`);
    left = kept;
  }
}

test('no files import each other in a circle, and no folders do', () => {
  expect(IMPORTS.length).toBeGreaterThan(500);
  expect(circlesOf(IMPORTS.map(({ from, to }) => [from, to]))).toEqual([]);
  const roomOf = (file: string): string => (subjectOf(file) === '' ? file : dirname(file));
  const TOPS = ['lambdas', 'lambdas/core', 'lambdas/io', 'local', 'client', 'cli', 'infra', 'page'];
  const between = IMPORTS.map(({ from, to }) => [roomOf(from), roomOf(to)] as const);
  const apart = between.filter(([from, to]) => from !== to && !TOPS.includes(from) && !TOPS.includes(to));
  expect(circlesOf(apart)).toEqual([]);
});

test('each top folder imports only those below it', () => {
  const wrong = IMPORTS.filter(({ from, to }) => {
    const [top, other] = [topOf(from), topOf(to)];
    return top !== other && !MAY_IMPORT[top]?.includes(other);
  });
  expect(wrong.map(sentence)).toEqual([]);
});

test.each(Object.entries(ORDERS))('the subjects of %s import each other in one direction', (top, order) => {
  const rankOf = (file: string): number => order.findIndex((names) => names.includes(subjectOf(file)));
  const inside = IMPORTS.filter(({ from, to }) => topOf(from) === top && topOf(to) === top);
  const unknown = FILES.filter((file) => topOf(file) === top && rankOf(file) === -1);
  expect(unknown, 'a subject without a place in ORDERS').toEqual([]);
  expect(inside.filter(({ from, to }) => rankOf(from) < rankOf(to)).map(sentence)).toEqual([]);
});

test('of the commands only reindex calls AWS as the functions do', () => {
  const users = IMPORTS.filter(({ from, to }) => topOf(from) === 'cli' && topOf(to) === 'lambdas/io');
  expect([...new Set(users.map(({ from }) => from))].sort()).toEqual([
    'cli/fill-new-table.ts',
    'cli/reindex-report.ts',
    'cli/reindex-target.ts',
    'cli/run-reindex.ts',
  ]);
});

test('only local/synthesize.ts and the commands know infra', () => {
  const wrong = IMPORTS.filter(({ from, to }) => topOf(to) === 'infra' && topOf(from) === 'local');
  expect([...new Set(wrong.map(({ from }) => from))]).toEqual(['local/synthesize.ts']);
});

const IMPURE = ['../io/aws/bucket.ts', '@aws-sdk/client-s3', '@middy/core', 'aws-cdk-lib/aws-s3', 'node:fs'];

/** The linter with the project's own rules, over a project that has one file. @returns all that it says */
function lint(path: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'template-video-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(PROJECT, 'biome.json'), join(folder, 'biome.json'));
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const biome = join(PROJECT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint'], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

test.each(['lambdas/core/impure.ts', 'lambdas/core/job/impure.ts', 'lambdas/core/job/deeper/impure.ts'])(
  'the linter rejects what is not pure in %s',
  (path) => {
    const said = lint(path, IMPURE.map((name) => `import '${name}';\n`).join(''));
    for (const name of IMPURE) expect(said, name).toContain(`'${name}'`);
    // Hashes are pure, so core may use the hashes of Node.
    expect(lint(path, "import 'node:crypto';\n")).not.toContain('no SDK');
  },
);

test('the linter rejects what does not run in a browser, or is large, in client', () => {
  const names = ['node:fs', '@aws-sdk/client-s3', 'zod/mini', '../local/user-error.ts', '../cli/command.ts'];
  const said = lint('client/impure.ts', names.map((name) => `import '${name}';\n`).join(''));
  for (const name of names) expect(said, name).toContain(`'${name}'`);
  expect(lint('client/pure.ts', "import 'aws4fetch';\n")).not.toContain('client runs in browsers');
});

const MAX_FILE_LINES = 200;
const MAX_FUNCTION_LINES = 40;
/** In the doc comment of a longer function, or in the comment with which its file begins; anywhere in a longer file. */
const REASON = /(?:longer\s+(?:\* )?than\s+(?:\* )?others|is\s+(?:\* )?long),?\s+(?:\* )?because/i;

const indentOf = (line: string): number => (line === '' ? Infinity : line.length - line.trimStart().length);

/** Where the function ends that begins at a line. Biome formats: its last line is indented as its first one. @returns -1 for no function */
function endOfFunction(lines: readonly string[], from: number): number {
  if (!/^ *(?:export )?(?:async )?(?:function\b|[*\w]+\()|=> \{$/.test(lines[from] ?? '')) return -1;
  const nextAt = (line: number): number =>
    lines.findIndex((text, index) => index > line && indentOf(text) <= indentOf(lines[from] ?? ''));
  const body = lines[from]?.endsWith(' {') ? from : nextAt(from);
  if (!lines[body]?.endsWith(' {')) return -1;
  const to = nextAt(body);
  return lines[to]?.trimStart().startsWith('}') ? to : -1;
}

/** The functions of a file. The lines of an inner function count for that function alone, so that a factory may return several. */
function functionsOf(text: string): readonly { readonly from: number; readonly lines: number }[] {
  const lines = text.split('\n');
  const found = lines
    .map((_, from) => ({ from, to: endOfFunction(lines, from) }))
    .filter(({ to }) => to >= 0);
  const owners = lines.map((_, line) => found.findLast(({ from, to }) => from <= line && line <= to)?.from);
  return found.map(({ from }) => ({ from, lines: owners.filter((owner) => owner === from).length }));
}

/** The comments at the beginning of a file and right above a line. */
function commentsOn(text: string, line: number): string {
  const above = text.split('\n').slice(0, line).join('\n');
  const comments = [/^\/\*[\s\S]*?\*\//, /\/\*\*(?:(?!\*\/)[\s\S])*\*\/$/];
  return comments.map((comment) => comment.exec(above)?.[0] ?? '').join('\n');
}

test('the lines of an inner function count for it alone', () => {
  const inner = [
    '  return {',
    '    async one(',
    '      a: string,',
    '    ) {',
    '      use({',
    '        a,',
    '      });',
    '    },',
    '  };',
  ];
  const text = [
    'export function createX(',
    '  b: string,',
    '): X {',
    ...inner,
    '}',
    'const f = () => {',
    '};',
  ].join('\n');
  expect(functionsOf(text)).toEqual([
    { from: 0, lines: 6 },
    { from: 4, lines: 7 },
    { from: 13, lines: 2 },
  ]);
});

test('a long file or function says why it is long', () => {
  const texts = FILES.map((file) => ({ file, text: readFileSync(join(PROJECT, file), 'utf8') }));
  const functions = texts.flatMap(({ file, text }) =>
    functionsOf(text).map((each) => ({
      file,
      ...each,
      hasReason: REASON.test(commentsOn(text, each.from)),
    })),
  );
  expect(functions.length).toBeGreaterThan(1000);
  const long = functions.filter(({ lines, hasReason }) => lines > MAX_FUNCTION_LINES && !hasReason);
  expect(long.map(({ file, from, lines }) => `${file}:${from + 1} has ${lines} lines`)).toEqual([]);
  const longFiles = texts.filter(
    ({ text }) => text.split('\n').length - 1 > MAX_FILE_LINES && !REASON.test(text),
  );
  expect(longFiles.map(({ file }) => file)).toEqual([]);
});
