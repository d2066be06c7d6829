import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = pathToFileURL('cli/command.ts').href;
const USER_ERROR = pathToFileURL('local/user-error.ts').href;

/** Runs a command whose body is this, in a process of its own. */
function run(body: string): Promise<{ readonly code: unknown; readonly err: string }> {
  const script = `import { runCommand } from '${COMMAND}';
    runCommand({ name: 'npm run it', help: '', flags: {} }, async (_values, { interruption, onFatal }) => { ${body} });`;
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
  'names what goes on before %s that no code catches ends it',
  async (_name, fault) => {
    const { code, err } = await run(
      `onFatal(() => ['Task 7 goes on.', 'Task 8 goes on.']); ${fault} await interruption.promise; return 0;`,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/Error: late\b.*Task 7 goes on\.\nTask 8 goes on\.\n$/s);
  },
);

test('ends also where what goes on cannot be told', async () => {
  const { code, err } = await run(
    `onFatal(() => { throw new Error('no list'); }); ${LATE['an exception']} await interruption.promise; return 0;`,
  );
  expect(code).toBe(1);
  expect(err).toMatch(/Error: late\b.*Error: no list\b/s);
});

test('tells an error before the one of the end that follows it, each in its own words', async () => {
  const { code, err } = await run(
    `const { UserError, UsageError } = await import('${USER_ERROR}');
    throw new SuppressedError(new UserError('It could not be stopped.'), new UsageError('--x is wrong.'));`,
  );
  expect({ code, err }).toEqual({
    code: 2,
    err: '--x is wrong.\nnpm run it -- --help shows all flags.\nIt could not be stopped.\n',
  });
});
