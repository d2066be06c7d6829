import { expect, test } from 'vitest';
import { LEASE_SECONDS, leaseState, parseLease } from '../../../lambdas/core/completion/lease.ts';
import { after } from '../../harness/running-job.ts';

const finished_at = after(0).toISOString();
const leased_at = after(1).toISOString();
const lease = { finished_at, lease_id: 'random', leased_at };
const earlier = { ...lease, finished_at: after(-1).toISOString() };

test.each([
  ['nothing', undefined, 10, 'first'],
  ['a text', 'text', 10, 'first'],
  ['an object without an end', { lease_id: 'random' }, 10, 'first'],
  ['the lease of an earlier end', earlier, 10, 'first'],
  ['a released lease', { finished_at, lease_id: 'random' }, 10, 'expired'],
  ['a young lease', lease, 10, 'held'],
  ['a lease whose function has long ended', lease, LEASE_SECONDS + 2, 'expired'],
  ['the lease of a later end', { ...lease, finished_at: after(9).toISOString() }, 10, 'overtaken'],
] as const)('where there is %s', (_what, found, seconds, state) => {
  expect(leaseState(parseLease(found), after(0), after(seconds))).toBe(state);
});
