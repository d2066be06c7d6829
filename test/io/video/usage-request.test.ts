import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { requireCountable, toUsageFilter, toUsagePeriod } from '../../../lambdas/io/video/usage-request.ts';

const now = new Date('2026-11-27T23:30:00Z');

function periodOf(query: Readonly<Record<string, string>>) {
  const multiValueQueryStringParameters = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, [value]]),
  );
  const event = { queryStringParameters: query, multiValueQueryStringParameters };
  return toUsagePeriod(event as unknown as APIGatewayProxyEvent, now);
}

test.each([
  [{}, { from: '2026-10-29', to: '2026-11-27' }],
  [{ to: '2026-03-01' }, { from: '2026-01-31', to: '2026-03-01' }],
  [{ from: '2025-11-27' }, { from: '2025-11-27', to: '2026-11-27' }],
])('%j is the period %j', (query, period) => {
  expect(periodOf(query)).toEqual(period);
});

test('rejects a period that begins before the year 0', () => {
  expect(() => periodOf({ to: '0000-01-01' })).toThrow();
});

test('a period has its first and its last day as a whole', () => {
  expect(toUsageFilter({ from: '2026-11-26', to: '2026-11-27' }, 'key abc')).toEqual({
    owner: 'key abc',
    createdAfter: '2026-11-25T23:59:59.999Z',
    createdBefore: '2026-11-28T00:00:00.000Z',
  });
});

test('rejects a period with more videos than one call can read', () => {
  const period = { from: '2026-11-26', to: '2026-11-27' };
  expect(() => requireCountable(100_000, period)).not.toThrow();
  expect(() => requireCountable(100_001, period)).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({
        status: 400,
        detail: expect.stringContaining('more than 100000 videos from 2026-11-26 to 2026-11-27'),
      }),
    }),
  );
});
