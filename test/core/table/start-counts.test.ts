import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countStart,
  NO_STARTS,
  type StartCounts,
  toStartCounts,
} from '../../../lambdas/core/table/start-counts.ts';

const HOUR_MS = 60 * 60 * 1000;
const begin = Date.parse('2026-11-27T00:00:00Z');
const at = (ms: number): Date => new Date(begin + ms);

test('counts a start in its hour', () => {
  expect(countStart(NO_STARTS, at(90 * 60 * 1000), 2)).toEqual({
    hours: { '2026-11-27T01': 1 },
    writes: 1,
  });
});

test('says when the oldest hour has no more to say', () => {
  const full: StartCounts = { hours: { '2026-11-27T01': 1, '2026-11-27T03': 1 }, writes: 2 };
  expect(countStart(full, at(25 * HOUR_MS), 2)).toEqual({ waitSeconds: 3600 });
  expect(countStart(full, at(26 * HOUR_MS), 2)).toEqual({
    hours: { '2026-11-27T03': 1, '2026-11-28T02': 1 },
    writes: 3,
  });
});

test('never admits more than the limit within any 24 hours', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 6 * HOUR_MS }), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 5 }), (pauses, limit) => {
      let counts: StartCounts = NO_STARTS;
      let now = begin;
      const started: number[] = [];
      for (const pause of pauses) {
        now += pause;
        const counted = countStart(counts, new Date(now), limit);
        if ('waitSeconds' in counted) {
          expect(counted.waitSeconds).toBeGreaterThan(0);
          const later = countStart(counts, new Date(now + counted.waitSeconds * 1000), limit);
          expect(later).toHaveProperty('hours');
        } else {
          counts = counted;
          started.push(now);
        }
      }
      for (const from of started) {
        const within = started.filter((time) => time >= from && time < from + 24 * HOUR_MS);
        expect(within.length).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test('reads the counts of an item, none where there is no item, and nothing from any other', () => {
  const counts = { hours: { '2026-11-27T01': 1 }, writes: 2 };
  expect(toStartCounts({ pk: 'starts', sk: 'starts', ...counts })).toEqual(counts);
  expect(toStartCounts(undefined)).toEqual(NO_STARTS);
  expect(toStartCounts({ hours: 'many', writes: 2 })).toBeUndefined();
});
