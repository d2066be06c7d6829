import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const PROJECT = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface ProcessOptions {
  /** Beside PATH. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the project */
  readonly cwd?: string;
}

export type Command = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a command in a process of its own, which does not outlive the test. */
export function startCommand(
  file: string,
  args: readonly string[],
  { env, cwd = PROJECT }: ProcessOptions = {},
): Command {
  const child = spawn(process.execPath, [join(PROJECT, file), ...args], {
    cwd,
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

export async function endOf(child: Command): Promise<Ran> {
  const [out, err, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, exitCode };
}

export function runCommand(file: string, args: readonly string[], options?: ProcessOptions): Promise<Ran> {
  return endOf(startCommand(file, args, options));
}

/** Sends SIGINT once the standard error stream shows this text. */
export function interruptAt(child: Command, shown: string): void {
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (printed.includes(shown) && !child.killed) child.kill('SIGINT');
  });
}
