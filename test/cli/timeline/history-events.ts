import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { addEvent, type Row } from '../../../cli/timeline/rows.ts';

export const START = Date.parse('2026-11-22T10:00:00Z');

export function entered(name: string, at: number): HistoryEvent {
  return {
    id: 0,
    type: 'TaskStateEntered',
    timestamp: new Date(START + at),
    stateEnteredEventDetails: { name },
  };
}

export function exited(name: string, at: number, output: object = {}): HistoryEvent {
  const details = { name, output: JSON.stringify(output) };
  return {
    id: 0,
    type: 'TaskStateExited',
    timestamp: new Date(START + at),
    stateExitedEventDetails: details,
  };
}

export const LOOP: readonly HistoryEvent[] = [
  entered('Submit task', 0),
  exited('Submit task', 200, { task: { task_id: '42' } }),
  entered('Wait', 200),
  exited('Wait', 1200),
  entered('Check task', 1200),
  exited('Check task', 1300, { check: { minimax_status: 'Processing' } }),
  entered('Wait', 1300),
  exited('Wait', 2300),
  entered('Check task', 2300),
];

export function rowsOf(events: readonly HistoryEvent[]): readonly Row[] {
  return events.reduce<readonly Row[]>((rows, event) => addEvent(rows, event, { startedAt: START }), []);
}

export const FAILED: HistoryEvent = {
  id: 0,
  type: 'LambdaFunctionFailed',
  timestamp: new Date(START + 100),
  lambdaFunctionFailedEventDetails: {
    error: 'MiniMaxBusy',
    cause: JSON.stringify({ errorType: 'MiniMaxBusy', errorMessage: 'It said "later".' }),
  },
};
export const SCHEDULED: HistoryEvent = {
  id: 0,
  type: 'LambdaFunctionScheduled',
  timestamp: new Date(START + 5000),
};
