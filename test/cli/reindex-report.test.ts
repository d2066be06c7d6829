import { expect, test } from 'vitest';
import { isUnsolved, toReportLines } from '../../cli/reindex-report.ts';

test('says how many videos were examined, and what was mended, with ids', () => {
  const lines = toReportLines({
    right: { count: 96, named: [] },
    behind: { count: 2, named: ['v1', 'v2'] },
    missing: { count: 22, named: ['v3', 'v4'] },
  });
  expect(lines).toEqual([
    '120 videos examined, 96 right.',
    '22 added, because the table did not have them: v3, v4, and 20 more',
    '2 brought up to date, because later writes had failed: v1, v2',
  ]);
});

test('says of an empty service that there is nothing', () => {
  expect(toReportLines({})).toEqual(['0 videos examined, 0 right.']);
});

test('says what a person has to look at', () => {
  const unreadable = { count: 1, named: ['v1'] };
  expect(isUnsolved({ right: unreadable, removed: unreadable, left: unreadable })).toBe(false);
  expect(isUnsolved({ unreadable })).toBe(true);
  expect(isUnsolved({ failed: unreadable })).toBe(true);
});

test('prints no control character of an id', () => {
  const named = ['v1\u001b[2J'];
  expect(toReportLines({ removed: { count: 1, named } }).join('')).not.toContain('\u001b');
});
