import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgressLine } from '../../cli/make/progress-line.ts';
import type { Video } from '../../lambdas/core/api/response.ts';
import { PROJECT, readPage } from './markdown.ts';

const { text, blocks } = readPage('docs/command.md');

test('names the scripts of npm that are commands, and what they are short for', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const short = Object.entries(scripts as Readonly<Record<string, string>>).flatMap(([name, script]) => {
    const [, command] = /cli\/template-video\.ts (.+)$/.exec(script) ?? [];
    return command === undefined ? [] : [[name, command]];
  });
  const listed = [...text.matchAll(/^\| `npm (?:run )?(\w+)` \| `template-video (.+)` \|$/gm)];
  expect(listed.map(([, name, command]) => [name, command]).sort()).toEqual(short.sort());
});

test('shows the progress of a video as the command prints it', () => {
  const shown = blocks.find((block) => block.text.startsWith('$ template-video make --local'))?.text ?? '';
  const [, , id = '', ...rest] = shown.split('\n');
  const path = rest.pop();
  expect(path).toBe(`out/${id.replace('video ', '')}.mp4`);
  expect(rest.length).toBeGreaterThan(2);
  for (const line of rest) expect(printed(toVideo(line))).toBe(`${line}\n`);
});

/** The video of which a line tells. */
function toVideo(line: string): Video {
  const find = (pattern: RegExp): string | undefined => pattern.exec(line)?.[1];
  const elapsed = Number(find(/· (\d+) s/));
  const untilCheck = find(/next check in (\d+) s/);
  const polls = find(/(\d+) checks?/);
  return {
    video_id: 'v1',
    status: find(/^(\w+)/) as Video['status'],
    created_at: new Date(0).toISOString(),
    elapsed_seconds: elapsed,
    task_id: find(/task (\d+)/),
    polls: polls === undefined ? undefined : Number(polls),
    next_check_at:
      untilCheck === undefined ? undefined : new Date((elapsed + Number(untilCheck)) * 1000).toISOString(),
  };
}

function printed(video: Video): string {
  let all = '';
  const write = (line: string): boolean => {
    all += line;
    return true;
  };
  createProgressLine({ write, isTTY: false } as Parameters<typeof createProgressLine>[0]).show(video);
  return all;
}
