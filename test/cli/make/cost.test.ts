import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Interrupted } from '../../../cli/errors.ts';
import { confirmCost, type Terminal, toEstimate } from '../../../cli/make/cost.ts';
import { openerOf, openFile } from '../../../cli/make/open-file.ts';
import { toTemplateId } from '../../../cli/make/template-name.ts';
import { toCatalogue } from '../../../lambdas/core/minimax/templates.ts';
import { UsageError, UserError } from '../../../local/user-error.ts';
import { printedBy } from '../fake-service.ts';

const CATALOGUE = toCatalogue('https://api.minimax.io');

/** A person at a terminal. */
function terminal(isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const streams = { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }) };
  return { input, output, streams: streams as unknown as Terminal };
}

const ESTIMATE = toEstimate('393769180141805569', CATALOGUE);

test.each(['y', 'Y', 'yes', ' yes '])('takes %j for yes, and has named the price', async (answer) => {
  const { input, output, streams } = terminal();
  input.write(`${answer}\n`);
  await confirmCost(ESTIMATE, { signal: new AbortController().signal, terminal: streams });
  expect(String(output.read())).toMatch(
    /^A video of Run for Life costs about \$0\.45, by MiniMax's page on [\d-]+\. Go on\? \[y\/N\] $/,
  );
});

test.each(['', 'n', 'no', 'yesterday', 'j'])('takes %j for no', async (answer) => {
  const { input, streams } = terminal();
  input.write(`${answer}\n`);
  const asked = confirmCost(ESTIMATE, { signal: new AbortController().signal, terminal: streams });
  await expect(asked).rejects.toThrow(new UserError('Nothing was sent.'));
});

test('takes the end of the input for no, and Ctrl-C for an interruption', async () => {
  const ended = terminal();
  ended.input.end();
  const asked = confirmCost(ESTIMATE, { signal: new AbortController().signal, terminal: ended.streams });
  await expect(asked).rejects.toThrow('Nothing was sent.');
  const stop = new AbortController();
  const interrupted = confirmCost(ESTIMATE, { signal: stop.signal, terminal: terminal().streams });
  stop.abort();
  await expect(interrupted).rejects.toThrow(Interrupted);
});

test('does not ask where there is no terminal', async () => {
  const asked = confirmCost(ESTIMATE, {
    signal: new AbortController().signal,
    terminal: terminal(false).streams,
  });
  await expect(asked).rejects.toThrow(UsageError);
  await expect(asked).rejects.toThrow('There is no terminal to ask on: add --yes to spend the money.');
});

test('says that a price is not known', () => {
  expect(toEstimate('7', CATALOGUE)).toEqual({
    usd: undefined,
    sentence: 'MiniMax charges for a video of Template 7, whose price is not known here',
  });
});

test.each([
  ['393769180141805569', '393769180141805569'],
  ['7', '7'],
  ['Run for Life', '393769180141805569'],
  ['RUN FOR', '393769180141805569'],
  ["mcdonald's", '393879757702918151'],
])('takes the template %j', (given, id) => {
  expect(toTemplateId(given, CATALOGUE)).toBe(id);
});

test('lists the known names for an unknown one, and the fitting names for an ambiguous one', () => {
  expect(() => toTemplateId('Flying', CATALOGUE)).toThrow(UsageError);
  expect(() => toTemplateId('Flying', CATALOGUE)).toThrow(
    /^--template "Flying" is no known template; allowed is an id, or one of these names:\n {2}392747428568649728 {2}Diving\n/,
  );
  expect(() => toTemplateId('a', CATALOGUE)).toThrow(
    /fits several templates; .*\n {2}\d+ {2}Anime Life Sim\n {2}\d+ {2}Art Fonts$/,
  );
});

test('takes the whole name before the beginning of another one', () => {
  const templates = CATALOGUE.templates.slice(0, 2).map((template, index) => ({
    ...template,
    name: ['Run', 'Run for Life'][index] ?? '',
  }));
  expect(toTemplateId('run', { templates })).toBe(templates[0]?.template_id);
});

test('opens a file with what the system has for it, and only notices a failure', async () => {
  expect(['darwin', 'linux', 'win32'].map((platform) => openerOf(platform, 'a.mp4').command)).toEqual([
    'open',
    'xdg-open',
    'cmd',
  ]);
  const run = (command: string, args: readonly string[]) =>
    printedBy(async () => {
      await openFile('a.mp4', { command, args });
      return 0;
    });
  expect(await run(process.execPath, ['-e', ''])).toMatchObject({ exitCode: 0, err: '' });
  expect(await run(process.execPath, ['-e', 'process.exit(3)'])).toMatchObject({
    exitCode: 0,
    err: expect.stringMatching(/could not be opened with .* \(exit code 3\)\.\n$/),
  });
  expect(await run('no-such-program', [])).toMatchObject({
    exitCode: 0,
    err: 'The file could not be opened with no-such-program (ENOENT).\n',
  });
});
