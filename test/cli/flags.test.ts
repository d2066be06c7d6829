import { expect, test } from 'vitest';
import { DEV, START, VIDEO } from '../../cli/commands.ts';
import { toDevFlags } from '../../cli/dev-flags.ts';
import { type Command, parseFlags, rejectSwallowedFlags } from '../../cli/flags.ts';
import { UsageError } from '../../local/user-error.ts';

const COMMANDS: readonly Command[] = [START, DEV, VIDEO];

test.each(COMMANDS)('explains every flag of $name', ({ help, flags }) => {
  for (const flag of [...Object.keys(flags), 'help']) expect(help).toContain(`\n  --${flag} `);
});

test.each([
  [['--help']],
  [['-h']],
  [['--text', '--help']],
  [['--out', 'a', 'stray', '--bogus', '-h']],
  [['--', '--help']],
  [['--task', '1', '--task', '2', '--help']],
])('answers --help in every place: %j', (args) => {
  expect(parseFlags(START, args)).toBeUndefined();
});

test.each([
  [
    ['--colour'],
    '--colour is not a flag of this command; its flags are --template, --media, --text, --task, --out, --help.',
  ],
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
])('rejects %j', (args, message) => {
  expect(() => parseFlags(START, args)).toThrow(UsageError);
  expect(() => parseFlags(START, args)).toThrow(message);
});

test('rejects a switch that is given twice, or with a value', () => {
  expect(() => parseFlags(DEV, ['--callbacks', '--callbacks'])).toThrow(
    '--callbacks is given more than once',
  );
  expect(() => parseFlags(DEV, ['--callbacks=no'])).toThrow('--callbacks takes no value.');
});

test('takes a repeatable flag more than once, and a value that begins with a dash after an equals sign', () => {
  expect(parseFlags(START, ['--text', 'a', '--text=-b'])?.values).toMatchObject({ text: ['a', '-b'] });
});

test('takes words where a command has them', () => {
  const command = { name: 'it', help: '', flags: {}, takesWords: true };
  expect(parseFlags(command, ['5', '100'])?.words).toEqual(['5', '100']);
});

test('rejects a flag that npm has consumed, but not a setting of npm', () => {
  expect(() => rejectSwallowedFlags(START, { npm_config_text: 'Lion' })).toThrow(
    'npm took --text for its own flag. Put -- before the flags: npm start -- --text …',
  );
  expect(() => rejectSwallowedFlags(DEV, { npm_config_max_workers: '3' })).toThrow('--max-workers');
  rejectSwallowedFlags(VIDEO, { npm_config_json: 'true', npm_config_fund: '' });
});

function dev(...args: readonly string[]) {
  return toDevFlags(parseFlags(DEV, args)?.values ?? expect.unreachable(), false);
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
  const values = parseFlags(DEV, ['--callbacks'])?.values ?? expect.unreachable();
  expect(() => toDevFlags(values, true)).toThrow('--callbacks is for the simulated MiniMax');
});
