import { expect } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { endOf, interruptAt, type Ran, runCommand, startCommand } from './run-command.ts';

/** `npm start` in a process of its own. */
export const start = (...args: readonly string[]): Promise<Ran> =>
  runCommand('cli/template-video.ts', ['make', '--here', ...args]);

/** Sends Ctrl-C once the command shows this state. The command ends at once. @returns what it has printed, by lines */
export async function linesUntilInterrupted(state: string, ...flags: readonly string[]): Promise<string[]> {
  const child = startCommand('cli/template-video.ts', [
    'make',
    '--here',
    '--out',
    await temporaryFolder(),
    ...flags,
  ]);
  interruptAt(child, state);
  const { exitCode, err } = await endOf(child);
  const lines = err.trim().split('\n');
  expect(exitCode).toBe(130);
  expect(lines.at(-1)).toBe('Stopped. The simulated MiniMax is stopped too.');
  return lines;
}
