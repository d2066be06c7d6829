import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_WORDS } from './docs/violations.ts';

const PROJECT = join(import.meta.dirname, '..');

/** They hold programs of a shell, statements of SQL, and a list of brands. */
const NO_PROSE =
  /^(cli\/completion\/(bash|zsh)|local\/step-functions\/execution-rows|lambdas\/core\/mp4\/leaves)\.ts$/;

const tracked = spawnSync('git', ['ls-files', '-z', '*.ts', '*.tsx'], { cwd: PROJECT, encoding: 'utf8' });
const files = (tracked.stdout ?? '').split('\0').filter((file) => file !== '' && !NO_PROSE.test(file));
const hasGit = tracked.status === 0;
if (!hasGit) console.warn('No git repository: the sentences of the code are not read.');

const COMMENT = /\/\*\*([\s\S]*?)\*\/|((?:^[ \t]*\/\/.*\n)+)/gm;
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

/** The comments of a file, without code, tables and lists of tags. */
function commentsOf(source: string): readonly string[] {
  return [...source.matchAll(COMMENT)].flatMap(([, block, lines]) =>
    (block ?? lines ?? '')
      .replaceAll(/^\s*(\*|\/\/) ?/gm, ' ')
      .replaceAll(/^\s*\|.*$/gm, '')
      .replaceAll(/```[\s\S]*?```/g, '')
      .split(/\s(?=@\w+)|\n\s*- |\n\s*\n/),
  );
}

/** The texts of a file that have five words at least: messages, descriptions and titles. */
function messagesOf(source: string): readonly string[] {
  const code = source.replaceAll(COMMENT, '');
  return [...code.matchAll(LITERAL)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .map((text) => text.replaceAll(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, 'value'))
    .filter((text) => text.split(' ').filter((word) => /^[a-z]{2,}/i.test(word)).length >= 5);
}

function longSentencesIn(texts: readonly string[]): readonly string[] {
  return texts
    .flatMap((text) => text.replaceAll(/`[^`]*`/g, 'code').split(/(?<=[.!?:;])\s+|\\n/))
    .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim())
    .filter((sentence) => sentence.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length > MAX_WORDS)
    .filter((sentence) => !/[{}]|──|=>/.test(sentence));
}

const shipped = files.filter((file) => /^(lambdas|infra|local|client|cli|page|build)\//.test(file));

test.skipIf(!hasGit)('no message to people has a sentence of more than 25 words', () => {
  const sources = shipped.map((file) => ({ file, source: readFileSync(join(PROJECT, file), 'utf8') }));
  expect(sources.length).toBeGreaterThan(300);
  const long = sources.flatMap(({ file, source }) =>
    longSentencesIn(messagesOf(source)).map((sentence) => `${file}: ${sentence}`),
  );
  expect(long).toEqual([]);
});

test.skipIf(!hasGit)('no comment has a sentence of more than 25 words', () => {
  const long = files.flatMap((file) =>
    longSentencesIn(commentsOf(readFileSync(join(PROJECT, file), 'utf8'))).map(
      (sentence) => `${file}: ${sentence}`,
    ),
  );
  expect(long).toEqual([]);
});

test('a long sentence is found in a comment and in a message', () => {
  const words = 'word '.repeat(MAX_WORDS);
  expect(longSentencesIn(commentsOf(`/** ${words}and one more. */`))).toHaveLength(1);
  expect(longSentencesIn(commentsOf(`// ${words}\n// and one more.\n`))).toHaveLength(1);
  expect(longSentencesIn(messagesOf(`const text = '${words}and one more.';`))).toHaveLength(1);
  expect(longSentencesIn(messagesOf(`const text = '${words.slice(5)}.';`))).toHaveLength(0);
});
