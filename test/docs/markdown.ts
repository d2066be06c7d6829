import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

/** A Markdown file of the project, read. */
export interface Page {
  /** The path from the root of the project. */
  readonly file: string;
  readonly text: string;
  readonly lines: readonly Line[];
  readonly blocks: readonly CodeBlock[];
}

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly kind: 'text' | 'heading' | 'table' | 'code' | 'comment';
}

/** A fenced block: its language and its content. */
export interface CodeBlock {
  readonly number: number;
  readonly language: string;
  readonly text: string;
}

export interface Sentence {
  readonly line: number;
  readonly text: string;
  readonly words: number;
}

/** Markdown that a program has made for programs. */
const FOR_PROGRAMS = /^build\/api\//;

/** All Markdown files that git knows or would add and that a person reads, or `undefined` without git. */
export function markdownFiles(): readonly string[] | undefined {
  const listed = spawnSync('git', ['ls-files', '-z', '-co', '--exclude-standard', '*.md'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  if (listed.status !== 0) return;
  return listed.stdout
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(PROJECT, file)) && !FOR_PROGRAMS.test(file));
}

export function readPage(file: string): Page {
  return toPage(file, readFileSync(join(PROJECT, file), 'utf8'));
}

export function toPage(file: string, text: string): Page {
  const lines: Line[] = [];
  const blocks: CodeBlock[] = [];
  let open: { readonly number: number; readonly language: string; readonly text: string[] } | undefined;
  let isFrontMatter = text.startsWith('---\n');
  for (const [index, line] of text.split('\n').entries()) {
    const number = index + 1;
    const [, fence] = /^\s*```(.*)$/.exec(line) ?? [];
    if (isFrontMatter) {
      lines.push({ number, text: line, kind: 'comment' });
      isFrontMatter = index === 0 || line !== '---';
      continue;
    }
    if (fence !== undefined && open !== undefined) {
      blocks.push({ number: open.number, language: open.language, text: open.text.join('\n') });
      open = undefined;
    } else if (fence !== undefined) {
      open = { number, language: fence.trim(), text: [] };
    } else {
      open?.text.push(line);
    }
    const isCode = fence !== undefined || open !== undefined;
    lines.push({ number, text: line, kind: isCode ? 'code' : kindOf(line) });
  }
  return { file, text, lines, blocks };
}

function kindOf(line: string): Line['kind'] {
  if (/^#{1,6} /.test(line)) return 'heading';
  if (line.startsWith('|')) return 'table';
  return /^\s*<[^>]*>\s*$/.test(line) ? 'comment' : 'text';
}

/** The sentences of paragraphs, list items and table cells. Inline code is one word, and a link is its text. */
export function sentencesOf(page: Page): readonly Sentence[] {
  return passagesOf(page).flatMap(({ line, text }) =>
    plainText(text)
      .split(/(?<=[.!?][)"'”]?)\s+|(?<=:)\s+(?=[A-Z])/)
      .map((sentence) => ({ line, text: sentence, words: wordsIn(sentence) }))
      .filter(({ words }) => words > 0),
  );
}

function passagesOf({ lines }: Page): readonly { readonly line: number; readonly text: string }[] {
  const passages: { line: number; text: string }[] = [];
  let continues = false;
  for (const { number, text, kind } of lines) {
    if (kind === 'table') {
      const cells = text.split(/(?<!\\)\|/).filter((cell) => /\w/.test(cell));
      passages.push(...cells.map((cell) => ({ line: number, text: cell })));
    }
    const isText = kind === 'text' && text.trim() !== '';
    const last = passages.at(-1);
    if (isText && continues && last !== undefined && !/^\s*([-*]|\d+\.) /.test(text)) last.text += ` ${text}`;
    else if (isText) passages.push({ line: number, text });
    continues = isText;
  }
  return passages;
}

function plainText(markdown: string): string {
  return markdown
    .replaceAll(/`[^`]+`/g, 'code')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}/g, '')
    .replace(/^\s*([-*]|\d+\.|#+|>) /, '')
    .trim();
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The anchors that a link may name: those of headings, as GitHub makes them, and explicit ones. */
export function anchorsOf({ lines, text }: Page): ReadonlySet<string> {
  const anchors = new Set<string>([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  const seen = new Map<string, number>();
  for (const { text: heading } of lines.filter(({ kind }) => kind === 'heading')) {
    const slug = slugOf(heading);
    const earlier = seen.get(slug) ?? 0;
    seen.set(slug, earlier + 1);
    anchors.add(earlier === 0 ? slug : `${slug}-${earlier}`);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** The targets of all links and pictures, outside of code. */
export function linksOf({ lines }: Page): readonly { readonly line: number; readonly target: string }[] {
  return lines
    .filter(({ kind }) => kind !== 'code')
    .flatMap(({ number, text }) => {
      const outsideCode = text.replaceAll(/`[^`]*`/g, '');
      const inline = [...outsideCode.matchAll(/\]\(([^()\s]+(?:\([^()]*\))?)\)/g)];
      const html = [...outsideCode.matchAll(/(?:src|href|srcset)="([^"]+)"/g)];
      return [...inline, ...html].map(([, target = '']) => ({ line: number, target }));
    });
}

/** The text of a section, from its heading of the second level to the next. */
export function sectionOf({ text }: Page, heading: string): string {
  return new RegExp(`\n## ${heading}\n([\\s\\S]*?)(\n## |$)`).exec(text)?.[1] ?? '';
}

/** The texts in backticks. */
export function wordsInCode(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
}

/** The texts in backticks of the first cells of all tables in a text. */
export function firstCellsIn(text: string): readonly string[] {
  return [...text.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => wordsInCode(cell));
}

/** Each inline code of the page, as in `npm start`. */
export function inlineCodeOf({ lines }: Page): readonly { readonly line: number; readonly code: string }[] {
  return lines
    .filter(({ kind }) => kind !== 'code')
    .flatMap(({ number, text }) => wordsInCode(text).map((code) => ({ line: number, code })));
}
