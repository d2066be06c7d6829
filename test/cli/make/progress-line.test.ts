import { expect, test } from 'vitest';
import { createProgressLine } from '../../../cli/make/progress-line.ts';
import type { Video } from '../../../lambdas/core/api/response.ts';

const VIDEO: Video = {
  video_id: 'v1',
  status: 'generating',
  created_at: '2026-11-22T10:00:00Z',
  elapsed_seconds: 5,
  task_id: '42\u202e',
  polls: 2,
  retrying: { type: 'X', title: 'Busy\u001b[2J\r\n\u009b1A' } as NonNullable<Video['retrying']>,
};

test.each([true, false])('shows no control character from outside (a terminal: %s)', (isTTY) => {
  let shown = '';
  const write = (text: string): boolean => {
    shown += text;
    return true;
  };
  createProgressLine({ write, isTTY } as Parameters<typeof createProgressLine>[0]).show(VIDEO);
  const [begin, end] = isTTY ? ['\r\u001b[K', ''] : ['', '\n'];
  expect(shown.startsWith(begin) && shown.endsWith(end)).toBe(true);
  const line = shown.slice(begin.length, shown.length - end.length);
  expect(line).toMatch(/^generating · 5 s · task 42 · 2 checks · Busy *; retrying$/);
});

function shownOf(video: Partial<Video>): string {
  let shown = '';
  const write = (text: string): boolean => {
    shown += text;
    return true;
  };
  const stream = { write, isTTY: false } as Parameters<typeof createProgressLine>[0];
  createProgressLine(stream).show({ ...VIDEO, task_id: '42', ...video });
  return shown;
}

test('shows when the next check is, by the clock of the service, and which try of a step follows', () => {
  const { retrying: _retrying, ...waiting } = VIDEO;
  expect(shownOf({ ...waiting, retrying: undefined, next_check_at: '2026-11-22T10:00:12Z' } as Video)).toBe(
    'generating · 5 s · task 42 · 2 checks · next check in 7 s\n',
  );
  expect(shownOf({ retrying: { type: 'X', title: 'Busy', failed_tries: 3 } })).toBe(
    'generating · 5 s · task 42 · 2 checks · Busy; try 4 follows\n',
  );
});
