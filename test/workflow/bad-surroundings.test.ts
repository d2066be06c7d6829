import { afterEach, expect, test } from 'vitest';
import { REQUEST, type RunningService, startRunningService } from '../running-service.ts';

let running: RunningService;
afterEach(() => running.stop());

test.each([
  ['no key is stored', null, 'ResourceNotFoundException'],
  ['the stored key has a line break', 'sk-1\nsk-2', 'holds no key'],
  ['the stored key is empty', '  ', 'holds no key'],
  ['the stored key is wrong', 'sk-wrong', 'code 1004'],
])('ends as ApiKeyRejected when %s', async (_name, secret, why) => {
  running = await startRunningService({}, secret);
  const execution = await running.run(REQUEST);
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'ApiKeyRejected',
    cause: expect.stringContaining(why),
  });
  expect(running.simulator.creates).toEqual([]);
});
