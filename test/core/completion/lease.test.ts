import { expect, test } from 'vitest';
import { CLAIM_SECONDS, leaseState } from '../../../lambdas/core/completion/lease.ts';
import { after } from '../../harness/running-job.ts';

const finished_at = after(0).toISOString();
const claimed_at = after(1).toISOString();

test.each([
  ['nothing', undefined, 10, 'first'],
  ['something else', 'text', 10, 'first'],
  ['the claim of an earlier end', { finished_at: after(-1).toISOString(), claimed_at }, 10, 'first'],
  [
    'the announcement of an earlier end',
    { finished_at: after(-1).toISOString(), claimed_at, announced_at: claimed_at },
    10,
    'first',
  ],
  ['a claim that was given back', { finished_at }, 10, 'expired'],
  ['a claim that is young', { finished_at, claimed_at }, 10, 'held'],
  ['a claim whose function has long ended', { finished_at, claimed_at }, CLAIM_SECONDS + 2, 'expired'],
  ['the claim of a later end', { finished_at: after(9).toISOString(), claimed_at }, 10, 'done'],
  ['the announcement', { finished_at, claimed_at, announced_at: claimed_at }, 10, 'done'],
  ['the announcement, long ago', { finished_at, claimed_at, announced_at: claimed_at }, 1e6, 'done'],
] as const)('where there is %s', (_what, found, seconds, turn) => {
  expect(leaseState(found, after(0), after(seconds))).toBe(turn);
});

test.each([undefined, null, 'rubbish', [1], { finished_at: 7, announced_at: {} }])(
  'takes %j in announced.json for an end that has no lease yet',
  (found) => {
    expect(leaseState(found, new Date(0), new Date(1))).toBe('first');
  },
);
