import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';

const urlOf = (path: string): string => pathToFileURL(path).href;
const USER_ERROR = urlOf('local/user-error.ts');

/** Runs a command whose body is this, in a process of its own. */
function run(body: string, isJson = false): Promise<{ readonly code: unknown; readonly err: string }> {
  const script = `import { runToExit } from '${urlOf('cli/command.ts')}';
    runToExit(async ({ interruption, onFatal }) => { ${body} }, { helpHint: 'it --help shows all flags.', isJson: ${isJson} });`;
  const args = ['--input-type=module', '--eval', script];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 30_000 }, (error, _out, err) =>
      resolve({ code: error?.code ?? 0, err }),
    );
  });
}

const LATE = {
  'an exception': "setTimeout(() => { throw new Error('late'); });",
  'a rejection': "void Promise.reject(new Error('late'));",
};

test.each(Object.entries(LATE))(
  'prints the open tasks before %s that no code catches ends it',
  async (_name, fault) => {
    const { code, err } = await run(
      `onFatal(() => ['Task 7 continues.', 'Task 8 continues.']); ${fault} await interruption.promise; return 0;`,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/Error: late\b.*Task 7 continues\.\nTask 8 continues\.\n$/s);
  },
);

test('ends also where the open tasks cannot be listed', async () => {
  const { code, err } = await run(
    `onFatal(() => { throw new Error('no list'); }); ${LATE['an exception']} await interruption.promise; return 0;`,
  );
  expect(code).toBe(1);
  expect(err).toMatch(/Error: late\b.*Error: no list\b/s);
});

test('prints an error before the error of the clean-up that follows it', async () => {
  const { code, err } = await run(
    `const { UserError, UsageError } = await import('${USER_ERROR}');
    throw new SuppressedError(new UserError('It could not be stopped.'), new UsageError('--x is wrong.'));`,
  );
  expect({ code, err }).toEqual({
    code: 2,
    err: '--x is wrong.\nit --help shows all flags.\nIt could not be stopped.\n',
  });
});

test('exits 2 at a database that it cannot read, and says what to do, without a stack', async () => {
  const path = join(await temporaryFolder(), 'executions.sqlite');
  await writeFile(path, 'this is a text, and no database at all');
  const { code, err } = await run(
    `const { openDatabase } = await import('${urlOf('local/state/database.ts')}');
    openDatabase(${JSON.stringify(path)}, { schema: '', version: 1 });`,
  );
  expect(code).toBe(2);
  expect(err).toMatch(/^\S+executions\.sqlite cannot be read \(.+\)\. Move it away: .+\n$/);
});

test('prints an error as JSON where a program asks for it, with what the program may do', async () => {
  const body = `const { UserError } = await import('${USER_ERROR}');
    const cause = Object.assign(new Error('no answer'), { type: 'NoResponse', retry: 'same_key', idempotencyKey: 'k1' });
    throw new UserError('It is not known.', { cause });`;
  const { code, err } = await run(body, true);
  expect(code).toBe(1);
  expect(JSON.parse(err)).toEqual({
    type: 'NoResponse',
    retry: 'same_key',
    message: 'It is not known.',
    idempotency_key: 'k1',
  });
});

test('says how to start the service where none listens on this machine', async () => {
  const fail = (host: string) => `const { NoResponse } = await import('${urlOf('client/index.ts')}');
    throw new NoResponse({ host: '${host}', reason: 'ECONNREFUSED', mayHaveBeenReceived: false });`;
  expect((await run(fail('127.0.0.1:3000'))).err).toContain('Start the service there: template-video dev');
  expect((await run(fail('videos.example.com'))).err).not.toContain('Start');
});

test('says that another program answers where there is no Template Video', async () => {
  const fail = (type: string) => `const { ApiError } = await import('${urlOf('client/index.ts')}');
    throw new ApiError({ type: '${type}', status: 404, retry: 'never', body: {} });`;
  expect((await run(fail('other'))).err).toContain('no Template Video. Check the address.');
  expect((await run(fail('video-not-found'))).err).not.toContain('no Template Video');
});
