import type { WriteStream } from 'node:tty';
import type { Video } from '../../lambdas/core/api/response.ts';
import { printable } from '../../lambdas/core/text/plain.ts';

/** Shows people how a video is doing: one line that changes on a terminal, a line for each change elsewhere. */
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
  const told = [
    status,
    `${elapsed_seconds} s`,
    ...(task_id === undefined ? [] : [`task ${task_id}`]),
    ...(polls === undefined ? [] : [`${polls} ${polls === 1 ? 'look' : 'looks'}`]),
    ...(untilCheck === undefined ? [] : [`next look in ${untilCheck} s`]),
    ...(retrying === undefined ? [] : [`${retrying.title}; ${whichTry(retrying)}`]),
  ].join(' · ');
  return printable(told);
}

/** By the clock of the service alone. */
function secondsUntilCheck({ created_at, elapsed_seconds, next_check_at }: Video): number | undefined {
  if (next_check_at === undefined) return undefined;
  const seconds = Math.round((Date.parse(next_check_at) - Date.parse(created_at)) / 1000 - elapsed_seconds);
  return seconds > 0 ? seconds : undefined;
}

/** When it comes, the service does not say. */
function whichTry({ failed_tries }: NonNullable<Video['retrying']>): string {
  return failed_tries === undefined ? 'tried again' : `try ${failed_tries + 1} follows`;
}
