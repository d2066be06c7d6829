import type { WriteStream } from 'node:tty';
import type { Video } from '../../lambdas/core/answer.ts';
import { printable } from '../../lambdas/core/plain-text.ts';

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

function toLine({ status, elapsed_seconds, task_id, polls, retrying }: Video): string {
  const told = [
    status,
    `${elapsed_seconds} s`,
    ...(task_id === undefined ? [] : [`task ${task_id}`]),
    ...(polls === undefined ? [] : [`${polls} ${polls === 1 ? 'look' : 'looks'}`]),
    ...(retrying === undefined ? [] : [`${retrying.title}; tried again`]),
  ].join(' · ');
  return printable(told);
}
