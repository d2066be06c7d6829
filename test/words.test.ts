import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '..');

/** Retired in all files, as a word and as a part of an identifier, with the word of today. */
const WORDS: readonly (readonly [word: string, today: string])[] = [
  ['doorbell', 'callbacks'],
  ['imprint', 'record metadata'],
  ['outlook', 'progress'],
  ['unheard', 'not registered'],
  ['glimpse', 'probe'],
  ['bells', 'callbacks'],
  ['ringing', 'callback'],
  ['patiently', 'with retries'],
  ['vain', 'spurious'],
  ['standing', 'status'],
  ['leg', 'attempt'],
  ['whereabouts', 'log context, or current state'],
  ['spoilt', 'with a network fault'],
  ['flaws', 'violations'],
  ['misfits', 'template violations'],
  ['fulfil', 'complete'],
  ['ring', 'callback'],
  ['rung', 'called back'],
  ['card', 'job document'],
  ['tally', 'statistics'],
  ['verdict', 'outcome'],
  ['whichever', 'name the thing'],
  ['bell', 'callback'],
  ['rings', 'callbacks'],
  ['cards', 'job documents'],
  ['patience', 'retry policy, or timeout'],
  ['silence', 'name what is missing'],
  ['told', 'name what is said, and to whom'],
  ['whoever', 'name the actor'],
  ['whatever', 'name the thing'],
  ['wherever', 'name the place'],
  ['nobody', 'name the actor'],
  ['surroundings', 'context, dependencies, or environment'],
];

/** Retired in the code of the functions and its tests. */
const WORDS_OF_FUNCTIONS: readonly (readonly [word: string, today: string])[] = [
  ['refuse', 'reject'],
  ['refuses', 'rejects'],
  ['refused', 'rejected'],
  ['refusing', 'rejecting'],
  ['refusal', 'rejection'],
  ['refusals', 'rejections'],
  ['look', 'check, poll or query'],
  ['looks', 'checks, polls or queries'],
  ['looked', 'checked'],
  ['goes on', 'continues'],
  ['exchange', 'request outcome'],
  ['exchanged', 'request outcome'],
];

const OF_FUNCTIONS = /^(lambdas|test\/(core|io|lambdas))\//;

/** Retired phrases and identifiers, in all files. */
const PHRASES: readonly string[] = [
  ...[
    'Failed all the same',
    'Wait without a bell',
    'light-aws',
    'light-log',
    'light-secret',
    'growing-pause',
  ],
  ...['in-time.ts', 'told-end', 'missed-ends', 'public-get', 'http-exchange', 'download-line', 'served-file'],
  ...['known-features', 'bell.json', 'own-bell', 'lightAws', 'LightAws', 'lightLog', 'lightSecret'],
  ...['growingPause', 'ToldEnd', 'BrokenJob', 'takenApart', 'wayOnOf', 'carriable', 'nextCheckAfterVain'],
  ...[
    'MOST_RINGS',
    'RING_PATH',
    'BELL_',
    'LOOK_AGAIN_MS',
    'LOOKS_FOR_THE_OTHER',
    'cardOf',
    'ownBell',
    'OwnBell',
  ],
  ...['toVerdict', 'mayBeOnRecord', 'BoxWalk', 'ServedFile', 'DownloadLine', 'publicGet', 'isForNobody'],
  ...['unlessFaulty', 'BeingAnnounced', 'NotShownYet', 'giveBack', 'findTheOther', 'lastWords', 'can_ring'],
  ...['mayWithBells', 'mayInBucket', 'heardOf', 'bringUp', 'choosePeer', 'engineHasSpoken', 'WrongFlag'],
  ...['gateway-refusal', 'Refuse input', 'refused_input', 'all the same', 'key-refusal', 'confirmRefusal'],
  ...['WrongSetting', 'GOOD_DAY', 'toOutlook', 'noneIfAbsent', 'whyNotWhole', 'restBefore'],
];

interface Exception {
  readonly file: RegExp;
  /** What may stand in these files. @default anything */
  readonly text?: RegExp;
}

const EXCEPTIONS: readonly Exception[] = [
  // It says what had which name before.
  { file: /^CHANGELOG\.md$/ },
  // What a release has written stays as it is. Digests and ids may have any letters.
  { file: /^test\/releases\/\d/ },
  // It has to name the retired words.
  { file: /^test\/words\.test\.ts$/ },
  // The old name of a setting is refused with the name of today.
  { file: /^(infra|test\/infra)\/settings(\.test)?\.ts$/, text: /doorbell/g },
  // The owner of an unsigned local request: ids are made of it.
  { file: /^(local|test\/workflow)\//, text: /'(iam )?nobody'/g },
  // Names of MiniMax's templates.
  { file: /^lambdas\/core\/minimax\/templates\.ts$/, text: /'(Still rings routine|Rings)'/g },
  { file: /^docs\/templates\.md$/, text: /still[ -]rings[ -]routine|rings-mainland|\bRings\b/gi },
  // A page of AWS.
  { file: /^docs\/comparison\.md$/, text: /model-card-amazon-nova-reel/g },
  // The error `MiniMaxRefused`, and a value of the simulator's scenario.
  {
    file: OF_FUNCTIONS,
    text: /MiniMaxRefused|'refused'/g,
  },
  // To look up a name is the word of DNS.
  { file: OF_FUNCTIONS, text: /look(ed)? ?up/gi },
];

const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: PROJECT, encoding: 'utf8' });
const hasGit = tracked.status === 0;
if (!hasGit) console.warn('No git repository: the retired words are not looked for.');

const FILES = (tracked.stdout ?? '')
  .split('\0')
  .filter((file) => /\.(ts|cjs|md|json|sh|mjs)$|^\.ci\//.test(file) && file !== 'package-lock.json')
  .map((file) => ({ file, text: textOf(file) }));

/** A file that is deleted but still tracked has no text. */
function textOf(file: string): string {
  const exceptions = EXCEPTIONS.filter((exception) => exception.file.test(file));
  if (exceptions.some(({ text }) => text === undefined)) return '';
  try {
    const text = readFileSync(join(PROJECT, file), 'utf8');
    return exceptions.reduce((left, exception) => left.replaceAll(exception.text ?? /$^/g, ''), text);
  } catch {
    return '';
  }
}

/** The word by itself, within an identifier (`ownBell`, `BellUrl`) and in a constant (`BELL_URL`), but not within another word. */
function partOf(word: string): RegExp {
  const capital = word[0]?.toUpperCase() + word.slice(1);
  return new RegExp(
    `(?<![A-Za-z])${word}(?![a-z])|${capital}(?![a-z])|(?<![A-Z])${word.toUpperCase()}(?![A-Z])`,
  );
}

/** The places of a pattern, as `file:line`. */
function placesOf(pattern: RegExp, files: typeof FILES): readonly string[] {
  return files.flatMap(({ file, text }) =>
    pattern.test(text)
      ? text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []))
      : [],
  );
}

test.skipIf(!hasGit)('reads the files of the repository', () => {
  expect(FILES.length).toBeGreaterThan(300);
});

test.skipIf(!hasGit).each(WORDS)('no file says %s, but %s', (word) => {
  expect(placesOf(partOf(word), FILES)).toEqual([]);
});

test.skipIf(!hasGit).each(WORDS_OF_FUNCTIONS)('no function says %s, but %s', (word) => {
  const functions = FILES.filter(({ file }) => OF_FUNCTIONS.test(file));
  expect(placesOf(partOf(word), functions)).toEqual([]);
});

test.skipIf(!hasGit).each(PHRASES)('no file has %s', (phrase) => {
  const pattern = new RegExp(phrase.replaceAll('.', '\\.'));
  expect(placesOf(pattern, FILES)).toEqual([]);
});
