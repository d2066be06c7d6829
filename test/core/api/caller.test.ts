import { expect, test } from 'vitest';
import { callerOf } from '../../../lambdas/core/api/caller.ts';

test.each([
  [{ caller: 'AIDAUSER' }, { caller: 'AIDAUSER' }, true],
  [{ caller: 'AIDAUSER' }, { caller: 'AIDAOTHER' }, false],
  [{ caller: 'AROAROLE:one' }, { caller: 'AROAROLE:two' }, true],
  [{ caller: 'AROAROLE:one' }, { caller: 'AROAOTHER:one' }, false],
  [{ caller: '123456789012:one' }, { caller: '123456789012:two' }, false],
  [{ apiKeyId: 'a' }, { apiKeyId: 'a', caller: null }, true],
  [{ apiKeyId: 'a' }, { apiKeyId: 'b' }, false],
  [{ apiKeyId: 'AIDAUSER' }, { caller: 'AIDAUSER' }, false],
])('%j and %j are one caller: %s', (one, other, isSame) => {
  expect(callerOf({ identity: one }) === callerOf({ identity: other })).toBe(isSame);
});

test.each([
  ['a function of the owner', { principalId: 'ann' }, { principalId: 'bob' }],
  ['a Cognito pool', { claims: { sub: '1' } }, { claims: { sub: '2' } }],
])('distinguishes callers that %s admits', (_who, one, other) => {
  const identity = { caller: null };
  expect(callerOf({ identity, authorizer: one })).not.toBe(callerOf({ identity, authorizer: other }));
  expect(callerOf({ identity, authorizer: one })).not.toBe(callerOf({ identity }));
});
