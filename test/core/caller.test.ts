import { expect, test } from 'vitest';
import { callerOf } from '../../lambdas/core/caller.ts';

test.each([
  [{ caller: 'AIDAUSER' }, { caller: 'AIDAUSER' }, true],
  [{ caller: 'AIDAUSER' }, { caller: 'AIDAOTHER' }, false],
  [{ caller: 'AROAROLE:one' }, { caller: 'AROAROLE:two' }, true],
  [{ caller: 'AROAROLE:one' }, { caller: 'AROAOTHER:one' }, false],
  [{ caller: '123456789012:one' }, { caller: '123456789012:two' }, false],
  [{ apiKeyId: 'a' }, { apiKeyId: 'a', caller: null }, true],
  [{ apiKeyId: 'a' }, { apiKeyId: 'b' }, false],
  [{ apiKeyId: 'AIDAUSER' }, { caller: 'AIDAUSER' }, false],
])('%j and %j are the same caller: %s', (one, other, isSame) => {
  expect(callerOf(one) === callerOf(other)).toBe(isSame);
});
