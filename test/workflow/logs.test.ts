import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY, REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

interface LogLine {
  readonly level?: string;
  readonly message?: string;
  readonly function_name?: string;
  readonly service?: string;
  readonly video_id?: string;
  readonly task_id?: string;
  readonly polls?: number;
  readonly status?: string | number;
  readonly failure?: string;
  readonly why?: string;
}

/** The lines of the logger; those in the embedded metric format are for CloudWatch. */
function logLines(): readonly LogLine[] {
  const lines = running
    .log()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line));
}

/** What the functions say of one video, in the order in which they said it. */
function storyOf(videoId: string): readonly (readonly unknown[])[] {
  const own = logLines().filter(({ video_id }) => video_id === videoId);
  return own.map(({ function_name = '', level, message, task_id, polls, status, failure }) =>
    [
      function_name.slice('TemplateVideo'.length, -8),
      level,
      message,
      task_id,
      polls,
      status ?? failure,
    ].filter((part) => part !== undefined),
  );
}

test('says in one line a step which video, which task, how often asked, and what came of it', async () => {
  const { name } = await running.run(REQUEST, { queries: ['Processing', { code: 1000 }, 'Success'] });
  const taskId = running.simulator.creates.at(-1)?.taskId;
  expect(storyOf(name)).toEqual([
    ['StartVideo', 'INFO', 'answered', 202],
    ['SubmitTask', 'INFO', 'done', taskId],
    ['CheckTask', 'INFO', 'done', taskId, 1, 'running'],
    ['CheckTask', 'ERROR', 'MiniMaxUnavailable', taskId, 1, 'running'],
    ['CheckTask', 'INFO', 'done', taskId, 2, 'succeeded'],
    ['CopyVideo', 'INFO', 'done', taskId, 2, 'succeeded'],
    ['AnnounceVideo', 'INFO', 'done', taskId, 2, 'succeeded'],
  ]);
});

test('names the failure of a video that failed', async () => {
  const { name } = await running.run(REQUEST, { create: { code: 1008 } });
  expect(storyOf(name)).toEqual([
    ['StartVideo', 'INFO', 'answered', 202],
    ['SubmitTask', 'ERROR', 'InsufficientBalance'],
    ['RecordFailure', 'INFO', 'done', 'InsufficientBalance'],
    ['VideoFailed', 'INFO', 'done', 'InsufficientBalance'],
    ['AnnounceVideo', 'INFO', 'done', 'InsufficientBalance'],
  ]);
});

test('writes nothing but JSON, under the name of the service, without keys, links or what was asked for', async () => {
  const link = `${running.simulator.imageUrl}?Signature=secret`;
  const request = {
    ...REQUEST,
    media_inputs: [{ value: link }],
    text_inputs: [{ value: 'A very secret lion' }],
  };
  await running.run(request, { queries: ['Success'] });
  await running.post({ ...request, text_inputs: 'A very secret lion' });
  await running.get('no video with this id, and a secret lion');
  expect(new Set(logLines().map(({ service }) => service))).toEqual(new Set(['TemplateVideo']));
  for (const secret of [API_KEY, 'Signature', 'secret', 'http://', 'https://', 'data:image'])
    expect(running.log()).not.toContain(secret);
});
