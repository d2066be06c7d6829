import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { RootConstruct } from 'constructs';
import { COMMANDS } from '../../cli/commands.ts';
import { readSettings } from '../../infra/settings.ts';
import {
  anchorsOf,
  type CodeBlock,
  inlineCodeOf,
  linksOf,
  type Page,
  PROJECT,
  readPage,
  sentencesOf,
} from './markdown.ts';

/** The longest line of text, in characters, without the addresses of its links. */
const MAX_LINE = 120;
/** The longest line of a table, in characters, without the addresses of its links. */
const MAX_TABLE_LINE = 260;
/** The most words of a sentence. */
export const MAX_WORDS = 25;

const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));

/** What is wrong with a page: each as `line: what is wrong`. */
export function violationsOf(page: Page): readonly string[] {
  return [
    ...deadLinksOf(page),
    ...longLinesOf(page),
    ...unevenTablesOf(page),
    ...longSentencesOf(page),
    ...unknownPathsOf(page),
    ...unknownCommandsOf(page),
    ...brokenBlocksOf(page),
  ];
}

function deadLinksOf(page: Page): readonly string[] {
  return linksOf(page).flatMap(({ line, target }) => {
    if (/^https:\/\/[\w.-]+/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page.file : normalize(join(dirname(page.file), path));
    if (path !== '' && !existsSync(join(PROJECT, file)))
      return [`${line}: the link ${target} leads to no file`];
    if (anchor === undefined) return [];
    const linked = path === '' ? page : readPage(file);
    return anchorsOf(linked).has(anchor) ? [] : [`${line}: the link ${target} leads to no heading`];
  });
}

function longLinesOf({ lines }: Page): readonly string[] {
  return lines.flatMap(({ number, text, kind }) => {
    if (kind === 'code' || kind === 'comment') return [];
    const { length } = text.replaceAll(/\]\([^)]*\)/g, ']');
    const max = kind === 'table' ? MAX_TABLE_LINE : MAX_LINE;
    return length > max ? [`${number}: ${length} characters, ${max} are allowed`] : [];
  });
}

/** Rows with more or fewer cells than the head of their table, as a pipe in a cell makes them. */
function unevenTablesOf({ lines }: Page): readonly string[] {
  let cellsOfHead: number | undefined;
  return lines.flatMap(({ number, text, kind }) => {
    const cells = text.split(/(?<!\\)\|/).length - 2;
    cellsOfHead = kind === 'table' ? (cellsOfHead ?? cells) : undefined;
    return cellsOfHead === undefined || cells === cellsOfHead
      ? []
      : [`${number}: a row of ${cells} cells in a table of ${cellsOfHead}`];
  });
}

function longSentencesOf(page: Page): readonly string[] {
  return sentencesOf(page).flatMap(({ line, text, words }) =>
    words > MAX_WORDS ? [`${line}: ${words} words in one sentence: ${text}`] : [],
  );
}

const ROOTS = 'infra|lambdas|local|client|cli|build|skills|docs|examples|bench|test|page';

/** Files and folders of the project that the text names, and that do not exist. */
function unknownPathsOf(page: Page): readonly string[] {
  return inlineCodeOf(page).flatMap(({ line, code }) => {
    const isPath = new RegExp(`^(${ROOTS})/[\\w./-]+$`).test(code);
    return isPath && !existsSync(join(PROJECT, code)) ? [`${line}: there is no ${code}`] : [];
  });
}

/** Scripts of npm, and commands and flags of the program, that do not exist. */
function unknownCommandsOf(page: Page): readonly string[] {
  const inline = inlineCodeOf(page).map(({ line, code }) => ({ line, text: code }));
  const inBlocks = page.blocks
    .filter(({ language }) => ['sh', 'console', ''].includes(language))
    .flatMap(({ number, text }) => text.split('\n').map((each) => ({ line: number, text: each })));
  return [...inline, ...inBlocks].flatMap(({ line, text }) =>
    text
      .split(/ && | \|\| | \| |;|\$\(|#/)
      .flatMap((command) => faultOf(command.trim()).map((fault) => `${line}: ${fault}`)),
  );
}

const SETTINGS = ['stackName', ...Object.keys(readSettings(new RootConstruct().node))];

const OF_NPM = ['ci', 'install', 'i', 'pack', 'exec', 'run', 'view', 'publish', 'uninstall', 'init'];

function faultOf(given: string): readonly string[] {
  const command = given.replace(/^(?:\w+=\S+ )+/, '');
  return [...faultOfSettings(command), ...faultOfTestPaths(command), ...faultOfProgram(command)];
}

/** Settings of `-c name=value` that do not exist. */
function faultOfSettings(command: string): readonly string[] {
  const names = [...command.matchAll(/(?:^|\s)-c (?!name=value)([A-Za-z]\w*)=/g)].map(
    ([, name = '']) => name,
  );
  return names
    .filter((name) => !SETTINGS.includes(name))
    .map((name) => `there is no setting ${name}: ${command}`);
}

/** Files and folders that `npx vitest run` would not find. */
function faultOfTestPaths(command: string): readonly string[] {
  const [, paths = ''] = /^npx vitest run (.+)$/.exec(command) ?? [];
  return paths
    .split(' ')
    .filter((path) => path.startsWith('test/') && !existsSync(join(PROJECT, path)))
    .map((path) => `there is no ${path}: ${command}`);
}

function faultOfProgram(command: string): readonly string[] {
  const [, name = '', rest = ''] =
    /^(?:\$ )?npm (?:-s |--silent )?(?:run )?(?:-s |--silent )?([a-z][\w:-]*)(.*)$/.exec(command) ?? [];
  if (name !== '' && !OF_NPM.includes(name) && !(name in scripts))
    return [`package.json has no script ${name}: ${command}`];
  const [, aliased] = /cli\/template-video\.ts(?: (\S+))?/.exec(scripts[name] ?? '') ?? [];
  const flags = rest.split(' -- ')[1] ?? '';
  const [, program] = /^(?:\$ )?(?:npx )?template-video ((?:[a-z]|-).*)$/.exec(command) ?? [];
  const call =
    program ?? (name !== '' && scripts[name]?.includes('cli/template-video.ts') ? flags : undefined);
  return call === undefined ? [] : faultOfCall(aliased === undefined ? call : `${aliased} ${call}`, command);
}

function faultOfCall(call: string, shown: string): readonly string[] {
  const words = call.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const found = COMMANDS.find(({ name }) => name === words[0]);
  if (found === undefined)
    return words.length === 0 || words[0]?.startsWith('-') ? [] : [`there is no such command: ${shown}`];
  const known = [...Object.keys(found.flags), 'help'];
  return words
    .filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.slice(2).split('=')[0] ?? '')
    .filter((flag) => !known.includes(flag.replace(/[^a-z-].*$/, '')))
    .map((flag) => `${found.name} has no flag --${flag}: ${shown}`);
}

function brokenBlocksOf({ blocks }: Page): readonly string[] {
  return blocks.flatMap((block) => faultOfBlock(block).map((fault) => `${block.number}: ${fault}`));
}

const LANGUAGES = ['sh', 'ts', 'json', 'mermaid', 'text', 'console', 'powershell', 'html', 'yaml'];

function faultOfBlock({ language, text }: CodeBlock): readonly string[] {
  if (!LANGUAGES.includes(language))
    return [`the language of a code block is one of ${LANGUAGES.join(', ')}, not "${language}"`];
  if (language === 'json') return faultOfJson(text);
  return language === 'sh' ? faultOfShell(text) : [];
}

function faultOfJson(text: string): readonly string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [`no JSON: ${(error as Error).message}`];
  }
}

function faultOfShell(text: string): readonly string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  return status === 0 ? [] : [`bash cannot read the block: ${stderr.trim()}`];
}
