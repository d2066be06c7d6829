import {
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryInput,
  type HistoryEvent,
  InvalidArn,
  InvalidToken,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Visit } from '../../../lambdas/core/api/workflow-response.ts';
import type { Place } from '../../../lambdas/core/history/place.ts';
import { readVisits } from '../../../lambdas/io/aws/history-pages.ts';
import { client, EXECUTION_ARN, startDate } from './mocked-executions.ts';

const sfn = client as unknown as SFNClient;
afterEach(() => client.reset());

/** The events with their numbers and times, one a second. */
function numbered(events: readonly Omit<HistoryEvent, 'id' | 'timestamp'>[]): readonly HistoryEvent[] {
  return events.map((event, index) => ({
    ...event,
    id: index + 1,
    timestamp: new Date(startDate.getTime() + 1000 * index),
  }));
}

/** Step Functions with this history, in pages of so many events. */
function playHistory(events: readonly HistoryEvent[], pageEvents: number): void {
  client.reset();
  client.on(GetExecutionHistoryCommand).callsFake(async ({ nextToken }: GetExecutionHistoryInput) => {
    const first = Number(nextToken?.replace('from-', '') ?? 0);
    const end = first + pageEvents;
    const next = end < events.length ? { nextToken: `from-${end}` } : {};
    return { events: events.slice(first, end), ...next };
  });
}

async function readPage(limit: number, from?: Place) {
  const page = await readVisits(EXECUTION_ARN, limit, from, sfn);
  if (typeof page === 'string') return expect.fail(page);
  return page;
}

async function readAll(limit: number): Promise<readonly (readonly Visit[])[]> {
  const pages: (readonly Visit[])[] = [];
  let next: Place | undefined;
  do {
    const page = await readPage(limit, next);
    pages.push(page.visits);
    next = page.next;
  } while (next !== undefined);
  return pages;
}

type EventKind = Omit<HistoryEvent, 'id' | 'timestamp'>;
const name = 'Step';
const input = '{"wait_seconds":1}';
const ENTRY: EventKind = { type: 'TaskStateEntered', stateEnteredEventDetails: { name, input } };
const EXIT: EventKind = {
  type: 'TaskStateExited',
  stateExitedEventDetails: { name, output: '{"wait_seconds":2}' },
};
const TRY: EventKind = {
  type: 'LambdaFunctionFailed',
  lambdaFunctionFailedEventDetails: { error: 'MiniMaxBusy', cause: 'It is busy.' },
};
const FAILED: EventKind = { type: 'ExecutionFailed' };
const REDRIVEN: EventKind = { type: 'ExecutionRedriven' };

const visit = fc.array(fc.constant(TRY), { maxLength: 3 }).map((tries) => [ENTRY, ...tries, EXIT]);
/** A state that fails its execution and is redriven, once or more, with and without a new entry. */
const redriven = fc
  .array(fc.constantFrom([FAILED, REDRIVEN], [FAILED, REDRIVEN, ENTRY], [TRY, FAILED, REDRIVEN]), {
    maxLength: 3,
  })
  .map((redrives) => [ENTRY, ...redrives.flat(), EXIT]);
const history = fc
  .array(fc.oneof(visit, redriven), { minLength: 1, maxLength: 6 })
  .map((parts) => numbered([{ type: 'ExecutionStarted' }, ...parts.flat()]));
const few = fc.integer({ min: 1, max: 5 });

test('the pages of any size are together the one page, also around redrives', async () => {
  await fc.assert(
    fc.asyncProperty(history, few, few, async (events, limit, pageEvents) => {
      playHistory(events, pageEvents);
      const [whole] = await readAll(100);
      const pages = await readAll(limit);
      expect(pages.flat()).toEqual(whole);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    }),
  );
});

test('continues with the page of Step Functions that has the first event, and reads no earlier one', async () => {
  playHistory(numbered([ENTRY, EXIT, ENTRY, EXIT, ENTRY, EXIT]), 2);
  const { next } = await readPage(2);
  expect(next).toEqual({ event: 5, skip: 0, token: 'from-4' });
  client.resetHistory();
  expect(await readPage(2, next)).toMatchObject({ visits: [{ state: 'Step' }] });
  expect(client.commandCalls(GetExecutionHistoryCommand).map(({ args }) => args[0].input)).toEqual([
    { executionArn: EXECUTION_ARN, nextToken: 'from-4', maxResults: 100 },
  ]);
});

test('searches no further than its first page for a place, which a caller may have made up', async () => {
  playHistory(numbered([ENTRY, EXIT, ENTRY, EXIT]), 2);
  client.resetHistory();
  for (const event of [3, Number.MAX_SAFE_INTEGER])
    expect(await readVisits(EXECUTION_ARN, 1, { event, skip: 0 }, sfn)).toBe('unknown place');
  expect(client.commandCalls(GetExecutionHistoryCommand)).toHaveLength(2);
  expect(await readPage(1, { event: 1, skip: 9 })).toEqual({ visits: [] });
});

const about = { message: 'No.', $metadata: {} };
const invalid = Object.assign(new Error('No.'), { name: 'ValidationException' });

test.each([
  [new ExecutionDoesNotExist(about), 'unknown execution'],
  [new InvalidArn(about), 'unknown execution'],
  [new InvalidToken(about), 'unknown place'],
  [invalid, 'unknown place'],
] as const)('says of %s at a place: %s', async (error, expected) => {
  client.on(GetExecutionHistoryCommand).rejects(error);
  const place = { event: 1, skip: 0, token: 'given' };
  expect(await readVisits(EXECUTION_ARN, 1, place, sfn)).toBe(expected);
});

test('does not blame a place where none was given', async () => {
  client.on(GetExecutionHistoryCommand).rejects(invalid);
  await expect(readVisits(EXECUTION_ARN, 1, undefined, sfn)).rejects.toBe(invalid);
});

test('throws every other error', async () => {
  client.on(GetExecutionHistoryCommand).rejects(Object.assign(new Error('No.'), { name: 'AccessDenied' }));
  await expect(readVisits(EXECUTION_ARN, 1, undefined, sfn)).rejects.toMatchObject({ name: 'AccessDenied' });
});
