import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, test } from 'vitest';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'page');
const FILES = readdirSync(PAGE, { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name) && name !== 'strings.ts');

/** What a person sees or hears of an element. */
const SAID: readonly (string | undefined)[] = [
  ...['children', 'aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'label'],
];
const STRING = /"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/g;

/** Every text for people in a source file. In the program that esbuild makes of it, elements are calls, and what is in them is `children`. */
function textsIn(source: string): readonly string[] {
  const { code } = transformSync(source, {
    loader: 'tsx',
    jsx: 'automatic',
    target: 'esnext',
    charset: 'utf8',
  });
  const blind = code.replaceAll(STRING, (text) => `"${'x'.repeat(text.length - 2)}"`);
  return [...code.matchAll(STRING)].flatMap(({ 0: text, index }) => {
    const words = text.replaceAll(/\$\{[^}]*\}/g, '');
    // What is compared, and what only a developer sees.
    const isUnseen = /(?:[!=]==|throw new \w+\()\s*$/.test(code.slice(0, index));
    if (isUnseen || !/\p{L}/u.test(words)) return [];
    // A list of classes has few words, and a sentence has more.
    const isSentence = /\p{L}+( \p{L}+){3}/u.test(words);
    return isSentence || SAID.includes(placeOf(blind.slice(0, index), code)) ? [text] : [];
  });
}

/** The name of the property in whose value a program ends, or in whose list. */
function placeOf(before: string, code: string): string | undefined {
  let depth = 0;
  let at = before.length - 1;
  for (; at >= 0; at -= 1) {
    const character = before[at] ?? '';
    if (')]}'.includes(character)) depth += 1;
    if (depth === 0 && '([{,'.includes(character)) break;
    if ('([{'.includes(character)) depth -= 1;
  }
  const [, name] = /^\s*"?([\w-]+)"?: /.exec(code.slice(at + 1, before.length)) ?? [];
  if (name !== undefined) return name;
  if (before[at] === '[') return /children: $/.test(before.slice(0, at)) ? 'children' : undefined;
  return before[at] === ',' ? placeOf(before.slice(0, at), code) : undefined;
}

test.each(FILES)('every text of %s is in strings.ts', (name) => {
  expect(textsIn(readFileSync(join(PAGE, name), 'utf8'))).toEqual([]);
});

describe('the search for texts', () => {
  test.each([
    ['const a = <p>Text</p>;', '"Text"'],
    ['const a = <p>{count} files</p>;', '" files"'],
    ['const a = <p><b>{T.a}</b>{"Text"}</p>;', '"Text"'],
    ['const a = <p>{T.a}, {isBusy ? "Busy" : T.b}</p>;', '"Busy"'],
    ['const a = <p>{isBusy ? T.b : "Ready"}</p>;', '"Ready"'],
    ['const a = <p>{isBusy && `Busy \u0024{count}`}</p>;', '`Busy \u0024{count}`'],
    ['const a = <img src="a" alt="Text" />;', '"Text"'],
    ['const a = <b title={"Text"} />;', '"Text"'],
    ['const a = <b aria-label={isBusy ? T.a : "Text"} />;', '"Text"'],
    ['const a = "A whole sentence here.";', '"A whole sentence here."'],
  ])('finds what is in %s', (source, found) => {
    expect(textsIn(source)).toEqual([found]);
  });

  test.each([
    'const a = <p class="one two">{T.a} · {count}</p>;',
    'const a = <p class={isOver ? "drop over" : "drop"}>{isOver ? "✓" : T.a}</p>;',
    'const a = <p>{names.map((name) => <b key="some" class="b">{name}</b>)}</p>;',
    'throw new Error("This never happens to anyone.");',
    'const a = <b role="img" title={T.a} />;',
  ])('finds nothing in %s', (source) => {
    expect(textsIn(source)).toEqual([]);
  });
});

test('the document has one sentence, for a browser without programs', () => {
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8');
  const body = html.slice(html.indexOf('<body>')).replaceAll(/<[^>]+>/g, ' ');
  expect(body.trim()).toMatch(/^This page needs JavaScript\. [^.]+\.$/);
});
