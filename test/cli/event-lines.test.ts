import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { toEventLines } from '../../cli/event-lines.ts';

function linesOf(event: Partial<HistoryEvent>): readonly string[] {
  const whole = { id: 1, type: 'TaskStateEntered', timestamp: new Date(), ...event } as HistoryEvent;
  return toEventLines({ name: 'v1', events: [whole] }, whole, undefined);
}

test('prints each state that is entered, without control characters', () => {
  expect(linesOf({ stateEnteredEventDetails: { name: 'Wait\u001b[2J' } })).toEqual(['v1  Wait']);
});

test('prints a callback, and no other success of a task', () => {
  const service = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
  const output = JSON.stringify({ callback_received_at: '2026-11-22T10:00:00Z' });
  expect(linesOf({ taskSucceededEventDetails: { ...service, output } })).toEqual(['v1  (callback received)']);
  expect(linesOf({ taskSucceededEventDetails: { ...service, output: '{}' } })).toEqual([]);
});

test('prints the name and the sentence of a failure', () => {
  const cause = JSON.stringify({ errorMessage: 'It said "later".' });
  expect(linesOf({ lambdaFunctionFailedEventDetails: { error: 'MiniMaxBusy', cause } })).toEqual([
    'v1  MiniMaxBusy: It said "later".',
  ]);
});
