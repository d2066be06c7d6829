import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { PROJECT, runCommand } from './run-command.ts';

/** The files that npm's scripts start, each with the arguments of the script. */
const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
export const COMMANDS = Object.values<string>(scripts).flatMap(
  (script) => /node (?:-r \S+ )?(\S+\.ts(?: [\w -]+)?)$/.exec(script)?.[1] ?? [],
);

/** `npm test` starts this one. `npm run test:long` starts the others. */
export const EXAMPLE_COMMAND = 'cli/template-video.ts make --here';

/** The command, in a process of its own, answers `--help` and does nothing else. */
export async function expectHelp(command: string): Promise<void> {
  const [file = '', ...args] = command.split(' ');
  const cwd = await temporaryFolder();
  // A wrong key is not reported either.
  const env = { MINIMAX_API_KEY: '' };
  expect(await runCommand(file, [...args, 'stray', '--bogus', '-h'], { cwd, env })).toEqual({
    exitCode: 0,
    out: expect.stringMatching(/\S/),
    err: '',
  });
  expect(await readdir(cwd)).toEqual([]);
}
