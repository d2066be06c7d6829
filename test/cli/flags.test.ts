import { expect, test } from 'vitest';
import { requireLocalNode } from '../../cli/command.ts';
import { asksForHelp, parseFlags } from '../../cli/command-line/commander.ts';
import { rejectSwallowedFlags, shownCommand } from '../../cli/command-line/npm.ts';
import { DEV } from '../../cli/commands/dev.ts';
import { MAKE } from '../../cli/commands/make.ts';
import { SHOW } from '../../cli/commands/show.ts';
import { toDevFlags } from '../../cli/dev-flags.ts';
import { UsageError } from '../../local/user-error.ts';

test.each([
  [['--help']],
  [['-h']],
  [['--text', '--help']],
  [['--out', 'a', 'stray', '--bogus', '-h']],
  [['--', '--help']],
])('answers --help in every place: %j', (args) => {
  expect(asksForHelp(args)).toBe(true);
});

test.each([
  [
    ['--colour'],
    '--colour is not a flag of this command; its flags are --template, --media, --text, --task, --video, --out,',
  ],
  [['--templat', '1'], 'Did you mean --template?'],
  [['-x'], '-x is not a flag'],
  [['--no-out'], '--no-out is not a flag'],
  [['--help=yes'], '--help takes no value.'],
  [['lion'], '"lion" belongs to no flag.'],
  [['--text', 'Lion', '--', 'tiger'], '"tiger" belongs to no flag.'],
  [['--text'], '--text has no value.'],
  [
    ['--text', '--out', 'a'],
    '--text has no value: "--out" follows. If that is the value, write --text=--out',
  ],
  [['--out', 'a', '--out', 'a'], '--out is given more than once; give it once.'],
  [['--here', '--here'], '--here is given more than once; give it once.'],
  [['--yes=no'], '--yes takes no value.'],
])('rejects %j', (args, message) => {
  expect(() => parseFlags(MAKE, args)).toThrow(UsageError);
  expect(() => parseFlags(MAKE, args)).toThrow(message);
});

test('takes a repeatable flag more than once, and a value that begins with a dash after an equals sign', () => {
  expect(parseFlags(MAKE, ['--text', 'a', '--text=-b']).values).toMatchObject({ text: ['a', '-b'] });
});

test('gives a switch that is not given as false, a value that is not given as undefined, and defaults', () => {
  expect(parseFlags(MAKE, ['--dry-run']).values).toMatchObject({
    'dry-run': true,
    yes: false,
    text: undefined,
    out: 'out',
  });
});

test('takes as many words as a command has', () => {
  expect(parseFlags(SHOW, ['v1', '--json'])).toMatchObject({ words: ['v1'], values: { json: true } });
  expect(() => parseFlags(SHOW, [])).toThrow('show needs ID: the id of a video.');
  expect(() => parseFlags(SHOW, ['v1', 'v2'])).toThrow('"v2" belongs to no flag.');
});

test('rejects a flag that npm has consumed, but not a setting of npm', () => {
  const shown = (flags: string): string => `npm start -- ${flags}`;
  expect(() => rejectSwallowedFlags(MAKE.flags, shown, { npm_config_text: 'Lion' })).toThrow(
    'npm took --text for its own flag. Put -- before the flags: npm start -- --text …',
  );
  expect(() => rejectSwallowedFlags(MAKE.flags, shown, { npm_config_dry_run: 'true' })).toThrow('--dry-run');
  expect(() => rejectSwallowedFlags(DEV.flags, shown, { npm_config_max_workers: '3' })).toThrow(
    '--max-workers',
  );
  rejectSwallowedFlags(MAKE.flags, shown, {
    npm_config_json: 'true',
    npm_config_yes: '',
    npm_config_fund: '',
  });
});

test('shows commands as they are typed: as scripts of npm in this project, and as the program elsewhere', () => {
  const npm = { npm_lifecycle_event: 'start', npm_package_name: 'template-video' };
  expect(shownCommand('make --here', '--task 7', npm)).toBe('npm start -- --task 7');
  expect(shownCommand('dev', '', npm)).toBe('npm run dev');
  expect(shownCommand('watch', 'v1', npm)).toBe('npm run template-video -- watch v1');
  const other = { npm_lifecycle_event: 'start', npm_package_name: 'shop' };
  expect(shownCommand('make --here', '--task 7', other)).toBe('template-video make --here --task 7');
});

function dev(...args: readonly string[]) {
  return toDevFlags(parseFlags(DEV, args).values, false);
}

test('takes a port and a switch for callbacks, and rejects what is no port', () => {
  expect(dev()).toEqual({ port: 3000, callbacks: false, maxWorkers: 10, corsOrigins: undefined });
  expect(dev('--port', '8080', '--callbacks')).toMatchObject({ port: 8080, callbacks: true });
  for (const port of ['http', '-1', '65536', '1.5', '']) {
    expect(() => dev(`--port=${port}`)).toThrow(
      `--port is "${port}"; allowed is a whole number from 0 to 65535.`,
    );
  }
});

test('takes a number of workers, and rejects what is none', () => {
  expect(dev('--max-workers', '3')).toMatchObject({ maxWorkers: 3 });
  for (const workers of ['0', 'ten', '1001', '-1']) {
    expect(() => dev(`--max-workers=${workers}`)).toThrow(
      `--max-workers is "${workers}"; allowed is a whole number from 1 to 1000.`,
    );
  }
});

test('takes origins of pages, and rejects what is none', () => {
  expect(dev('--cors-origin', 'http://localhost:5173', '--cors-origin=https://app.example/')).toMatchObject({
    corsOrigins: ['http://localhost:5173', 'https://app.example'],
  });
  for (const origin of ['*', 'localhost', 'http://localhost/page', 'http://a.example,http://b.example', ''])
    expect(() => dev(`--cors-origin=${origin}`)).toThrow(
      `--cors-origin is ${JSON.stringify(origin)}; allowed is one exact origin`,
    );
});

test('rejects callbacks with the real MiniMax, which cannot reach this machine', () => {
  expect(() => toDevFlags(parseFlags(DEV, ['--callbacks']).values, true)).toThrow(
    '--callbacks is for the simulated MiniMax',
  );
});

test('says in one sentence which Node the local service needs, and which it has found', () => {
  requireLocalNode('dev', '24.0.0');
  expect(() => requireLocalNode('dev', '22.12.0')).toThrow(
    new UsageError('dev needs Node 24, and this is Node 22.12.0.'),
  );
});
