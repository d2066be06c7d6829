import { expect, test } from 'vitest';
import type { Workflow } from '../../../client/index.ts';
import { nextTry } from '../../../page/watch/next-try.ts';

const FAILED_AT = '2026-11-27T10:00:00.000Z';
const STATE = 'Check task';

function workflowOf(retry: object): Workflow {
  return { StartAt: STATE, States: { [STATE]: { Type: 'Task', Retry: [retry] } } } as Workflow;
}

/** What is said of a visit with this many failed tries, some seconds after the last one. */
function saidAfter(seconds: number, retry: object, tries = 1): string | undefined {
  const failed_tries = Array.from({ length: tries }, () => ({
    failed_at: FAILED_AT,
    error: 'MiniMaxUnavailable',
    title: 'MiniMax was not available',
  }));
  const visit = { state: STATE, entered_at: FAILED_AT, failed_tries };
  return nextTry(workflowOf(retry), visit, Date.parse(FAILED_AT) + seconds * 1000);
}

const TEN_SECONDS = { ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 3 };

test.each([
  [0, 'Try 2 of 4 starts in 10 s.'],
  [3.2, 'Try 2 of 4 starts in 7 s.'],
  [10, 'Try 2 of 4 runs now.'],
  [900, 'Try 2 of 4 runs now.'],
])('counts the next try down: after %s s', (seconds, said) => {
  expect(saidAfter(seconds, TEN_SECONDS)).toBe(said);
});

test('says that a random pause may be shorter', () => {
  expect(saidAfter(1, { ...TEN_SECONDS, JitterStrategy: 'FULL' })).toBe(
    'Try 2 of 4 starts in 9 s, or sooner.',
  );
});

test('counts the pause from the last failed try, with the rate of the definition', () => {
  expect(saidAfter(0, TEN_SECONDS, 3)).toBe('Try 4 of 4 starts in 40 s.');
});

test('says nothing after the last try, and before the first failed one', () => {
  expect(saidAfter(0, TEN_SECONDS, 4)).toBeUndefined();
  expect(saidAfter(0, TEN_SECONDS, 0)).toBeUndefined();
});
