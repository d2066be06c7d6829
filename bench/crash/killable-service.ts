import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A service in a process of its own, which ends by SIGKILL only. */
export interface KillableService {
  readonly url: string;
  /** The number of resumed executions. */
  readonly resumed: number;
  kill(): Promise<void>;
}

export interface ServicePlace {
  readonly assembly: string;
  readonly folder: string;
  readonly apiKey: string;
}

/** Starts a process. Returns at once, so that the process can be killed while it starts. */
export function startService({ assembly, folder, apiKey }: ServicePlace): {
  readonly up: Promise<KillableService>;
  kill(): Promise<void>;
} {
  const script = join(import.meta.dirname, 'service.ts');
  const child = spawn(process.execPath, [script, assembly, folder, apiKey], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
  }
  async function firstLine(): Promise<KillableService> {
    for await (const line of createInterface({ input: child.stdout }))
      return { ...(JSON.parse(line) as Pick<KillableService, 'url' | 'resumed'>), kill };
    throw new Error('The service ended before it was up.');
  }
  return { up: firstLine(), kill };
}
