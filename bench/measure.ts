import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..');

/** A table with one object for each line. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** The duration of an action in milliseconds. */
export async function millisecondsOf(action: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

/** The median of several measurements. */
export async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let count = 0; count < times; count += 1) all.push(await measure());
  return all.toSorted((one, other) => one - other)[Math.floor(times / 2)] ?? Number.NaN;
}

/** Runs Node with these arguments. @returns its output. @throws Error when it fails */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(process.execPath, [...args], {
    cwd: PROJECT,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', resolve);
  const exitCode = await promise;
  if (exitCode !== 0) throw new Error(`node ${args.join(' ')} exited with ${exitCode}`);
  return printed;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

export function ratio(part: number, whole: number): string {
  return (part / whole).toFixed(2);
}
