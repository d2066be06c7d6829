import { spawn } from 'node:child_process';
import { printStatus } from '../print-status.ts';

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** @param platform as Node names it */
export function openerOf(platform: string, path: string): Opener {
  if (platform === 'darwin') return { command: 'open', args: [path] };
  // `start` is a part of the shell, and takes its first quoted argument for a title.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'start', '""', path] };
  return { command: 'xdg-open', args: [path] };
}

/** Opens a file with the program that the system has for it. A failure is a notice, because the file is complete. */
export async function openFile(
  path: string,
  opener: Opener = openerOf(process.platform, path),
): Promise<void> {
  const { command, args } = opener;
  const failure = await new Promise<string | undefined>((resolve) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore' });
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once('exit', (code) => resolve(code === 0 ? undefined : `exit code ${code}`));
    child.once('spawn', () => setTimeout(resolve, OPENING_MS, undefined));
    child.unref();
  });
  if (failure !== undefined) printStatus(`The file could not be opened with ${command} (${failure}).`);
}

/** Some openers run as long as the program that they start. */
const OPENING_MS = 1_000;
