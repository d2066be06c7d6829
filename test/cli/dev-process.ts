import { once } from 'node:events';
import { expect } from 'vitest';
import { type Command, type ProcessOptions, startCommand } from './run-command.ts';

/** `npm run dev` in a folder, once it is up. */
export interface RunningDev {
  readonly child: Command;
  readonly url: string;
  readonly printed: () => string;
  /** @returns the exit code */
  stop(signal: NodeJS.Signals): Promise<unknown>;
}

export async function startDev(options: ProcessOptions, flags: readonly string[] = []): Promise<RunningDev> {
  const child = startCommand('cli/template-video.ts', ['dev', '--port', '0', ...flags], options);
  const ended = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await expect.poll(() => printed).toContain('Ctrl-C stops');
  return {
    child,
    url: /up at (http:\/\/\S+)/.exec(printed)?.[1] ?? expect.unreachable(),
    printed: () => printed,
    async stop(signal) {
      child.kill(signal);
      const [exitCode] = await ended;
      return exitCode;
    },
  };
}
