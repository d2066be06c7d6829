import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { REQUEST, type SimulatedStack, serve, synthesizeForSimulator } from '../harness/running-service.ts';

let stack: SimulatedStack;
beforeAll(async () => {
  stack = await synthesizeForSimulator();
});
afterAll(() => stack.stop());

test.each([
  ['no key is stored', null, 'ResourceNotFoundException'],
  ['the stored key has a line break', 'sk-1\nsk-2', 'holds no key'],
  ['the stored key is empty', '  ', 'holds no key'],
  ['the stored key is wrong', 'sk-wrong', 'code 1004'],
])('ends as ApiKeyRejected when %s', async (_name, secret, why) => {
  const { run, stop } = await serve(stack, { secret });
  onTestFinished(stop);
  const execution = await run(REQUEST);
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'ApiKeyRejected',
    cause: expect.stringContaining(why),
  });
  expect(stack.simulator.creates).toEqual([]);
});
