import { expect, test } from 'vitest';
import {
  backoff,
  fixedPause,
  NO_PAUSE,
  type Pause,
  poll,
  raceSignal,
  retry,
} from '../../lambdas/io/timing.ts';

/** A pause that takes no time, and the numbers of the attempts before it. */
function countedPause(): { readonly pause: Pause; readonly pauses: number[] } {
  const pauses: number[] = [];
  return { pauses, pause: async (attempt) => void pauses.push(attempt) };
}

test('polls until the result is enough', async () => {
  const { pause, pauses } = countedPause();
  const work = async (attempt: number) => attempt * 10;
  expect(await poll(work, { isEnough: (result) => result === 30, attempts: 5, pause })).toBe(30);
  expect(pauses).toEqual([1, 2]);
});

test('polls no more than it may, and gives the last result', async () => {
  const { pause, pauses } = countedPause();
  const work = async (attempt: number) => attempt * 10;
  expect(await poll(work, { isEnough: () => false, attempts: 3, pause })).toBe(30);
  expect(pauses).toEqual([1, 2]);
});

test('does not poll again after an error', async () => {
  const { pause, pauses } = countedPause();
  const work = () => Promise.reject(new Error('down'));
  await expect(poll(work, { isEnough: () => false, attempts: 3, pause })).rejects.toThrow('down');
  expect(pauses).toEqual([]);
});

test('retries what is retryable', async () => {
  const { pause, pauses } = countedPause();
  const work = async (attempt: number) => {
    if (attempt < 3) throw new Error(`busy ${attempt}`);
    return 'done';
  };
  expect(await retry(work, { isRetryable: () => true, attempts: 3, pause })).toBe('done');
  expect(pauses).toEqual([1, 2]);
  await expect(retry(work, { isRetryable: () => true, attempts: 2, pause })).rejects.toThrow('busy 2');
  await expect(retry(work, { isRetryable: () => false, attempts: 3, pause })).rejects.toThrow('busy 1');
});

test.each([
  ['poll', (signal: AbortSignal) => poll(async () => 1, { ...FOR_EVER, isEnough: () => false, signal })],
  [
    'retry',
    (signal: AbortSignal) =>
      retry(() => Promise.reject(new Error('busy')), { ...FOR_EVER, isRetryable: () => true, signal }),
  ],
])('%s ends in its pause when the signal is aborted', async (_name, start) => {
  const stopping = new AbortController();
  const work = start(stopping.signal);
  stopping.abort(new Error('stopped'));
  await expect(work).rejects.toMatchObject({ name: 'AbortError' });
});

const FOR_EVER = { attempts: Number.POSITIVE_INFINITY, pause: fixedPause(3_600_000) };

test('a growing pause ends when the signal is aborted, and no pause takes no time', async () => {
  await expect(backoff(3_600_000)(1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await NO_PAUSE(1);
});

test('a race ends with the work, or with the reason of the signal', async () => {
  const stopping = new AbortController();
  expect(await raceSignal(Promise.resolve(1), stopping.signal)).toBe(1);
  const race = raceSignal(new Promise(() => undefined), stopping.signal);
  stopping.abort(new Error('stopped'));
  await expect(race).rejects.toThrow('stopped');
});
