import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { PROJECT } from '../measure.ts';

const POLL_MS = 10;
const TICKS_A_SECOND = 100;

/** The time and memory of a command with all its child processes. */
export interface Taken {
  readonly seconds: number;
  /** User and system time. */
  readonly cpuSeconds: number;
  /** The highest sum of resident memory at one time. */
  readonly peakMegabytes: number;
}

/** Runs a command, and measures it from outside in Linux's /proc. @throws Error when it fails */
export async function measured(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Taken> {
  const [program = '', ...args] = command;
  const cpuBefore = cpuOfEndedChildren();
  const startedAt = performance.now();
  const child = spawn(program, args, { cwd: PROJECT, env: { ...env }, stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.end(input);
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorText += text;
  });
  let peak = 0;
  const poll = setInterval(() => {
    peak = Math.max(peak, residentBytes(child.pid ?? 0));
  }, POLL_MS);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', resolve);
  const exitCode = await promise;
  clearInterval(poll);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} exited with ${exitCode}: ${errorText}`);
  return {
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: cpuOfEndedChildren() - cpuBefore,
    peakMegabytes: peak / 1e6,
  };
}

/** Fields 16 and 17 of proc_pid_stat(5). The name in brackets is field 2. */
function cpuOfEndedChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

/** The resident memory of a process and its descendants. */
function residentBytes(pid: number): number {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const isDescendant = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || isDescendant(parents.get(one)));
  return [...parents.keys()].filter(isDescendant).reduce((sum, one) => sum + ownResidentBytes(one), 0);
}

function parentOf(pid: string): number | undefined {
  return Number(read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] ?? 0) || undefined;
}

function ownResidentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** @returns an empty text where the process has ended in the meantime */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
