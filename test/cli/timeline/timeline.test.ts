import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { picture } from '../../../cli/timeline/picture.ts';
import type { Row } from '../../../cli/timeline/rows.ts';
import { createTimeline } from '../../../cli/timeline/timeline.ts';
import { entered, exited, FAILED, LOOP, rowsOf, SCHEDULED } from './history-events.ts';

test.each([72, 80, 96, 200])('fits a terminal of %i columns', (columns) => {
  const row: Row = {
    name: 'Record failure',
    visits: [{ from: 0, to: 1 }, { from: 2 }],
    note: 'x'.repeat(300),
    outcome: 'active',
  };
  const line = stripVTControlCharacters(picture(row, { now: 3, total: 3, frame: 1, columns }));
  expect(line.length).toBeLessThanOrEqual(columns);
  expect(line).toContain('Record failure');
});

test('pictures when a state was active, how long and how often', () => {
  const [, wait] = rowsOf(LOOP);
  const line = stripVTControlCharacters(
    picture(wait as Row, { now: 2400, total: 2400, frame: 0, columns: 120 }),
  );
  expect(line).toBe('  ✔ Wait           ×2   ···━━━━━━━━━━━━━━━·━━━━━━━━━━━━━━━━·    2.00 s');
});

function printedOf(events: readonly HistoryEvent[], definition?: StateMachineDefinition): readonly string[] {
  let printed = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      printed += chunk;
      done();
    },
  });
  const timeline = createTimeline(out as NodeJS.WriteStream, definition);
  for (const event of events) timeline.add(event);
  return printed.split('\n');
}

test('prints one line for each visit where there is no terminal, begun when the state is entered', () => {
  expect(printedOf([...LOOP, FAILED, SCHEDULED, exited('Check task', 6000)])).toEqual([
    '     0.00 s  Submit task       0.20 s  task 42',
    '     0.20 s  Wait              1.00 s',
    '     1.20 s  Check task        0.10 s  Processing',
    '     1.30 s  Wait              1.00 s',
    '     2.30 s  Check task                MiniMaxBusy: It said "later".',
    '     2.30 s  Check task        3.70 s  Processing',
    '',
  ]);
});

test('numbers each try that follows, and leaves the sentence of the last failure to the end', () => {
  const Retry = [
    { ErrorEquals: ['MiniMaxBusy'], IntervalSeconds: 10, MaxAttempts: 1, JitterStrategy: 'FULL' },
  ];
  const state = { Type: 'Task', Resource: 'it', End: true, Retry };
  const definition = { StartAt: 'Submit task', States: { 'Submit task': state } } as StateMachineDefinition;
  const events = [entered('Submit task', 0), FAILED, SCHEDULED, FAILED, exited('Submit task', 6000)];
  expect(printedOf(events, definition)).toEqual([
    '     0.00 s  Submit task               try 2 of 2 within 10 s, after MiniMaxBusy: It said "later".',
    '     0.00 s  Submit task       6.00 s  MiniMaxBusy',
    '',
  ]);
});
