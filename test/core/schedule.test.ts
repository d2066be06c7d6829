import { expect, test } from 'vitest';
import { nextCheckIn } from '../../lambdas/core/schedule.ts';
test('x', () => { expect(nextCheckIn(0, {firstWaitSeconds:1,pollSeconds:10,giveUpAfterSeconds:100})).toBe(10); });
