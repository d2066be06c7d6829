import type { WriteStream } from 'node:tty';
import type { Video } from '../../lambdas/core/api/response.ts';
import { printable } from '../../lambdas/core/text/plain.ts';

/** Shows the progress of a video: one line that changes on a terminal, a line for each change elsewhere. */
export interface ProgressLine {
  show(video: Video): void;
  end(): void;
}

export function createProgressLine(stream: Pick<WriteStream, 'write' | 'isTTY'>): ProgressLine {
  let last = '';
  return {
    show(video) {
      const text = toLine(video);
      if (stream.isTTY) stream.write(`\r\x1b[K${text}`);
      else if (text !== last) stream.write(`${text}\n`);
      last = text;
    },
    end() {
      if (stream.isTTY && last !== '') stream.write('\n');
    },
  };
}

function toLine(video: Video): string {
  const { status, elapsed_seconds, task_id, polls, retrying } = video;
  const untilCheck = secondsUntilCheck(video);
  const parts = [
    status,
    `${elapsed_seconds} s`,
    task_id && `task ${task_id}`,
    polls !== undefined && `${polls} ${polls === 1 ? 'check' : 'checks'}`,
    untilCheck !== undefined && `next check in ${untilCheck} s`,
    retrying && `${retrying.title}; ${nextTryOf(retrying)}`,
  ];
  return printable(parts.filter(Boolean).join(' · '));
}

/** Uses the clock of the service alone, because that of this machine may differ. */
function secondsUntilCheck({ created_at, elapsed_seconds, next_check_at }: Video): number | undefined {
  if (next_check_at === undefined) return undefined;
  const seconds = Math.round((Date.parse(next_check_at) - Date.parse(created_at)) / 1000 - elapsed_seconds);
  return seconds > 0 ? seconds : undefined;
}

function nextTryOf({ failed_tries }: NonNullable<Video['retrying']>): string {
  return failed_tries === undefined ? 'retrying' : `try ${failed_tries + 1} follows`;
}
