import type { Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import { stepHandler } from '../../../lambdas/io/lambda/step-handler.ts';

/** Lambda's context with so little time that the step is told to stop at once. */
const context = { getRemainingTimeInMillis: () => 2_020 } as Context;

function untilStopped(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason));
  return promise;
}

test('tells a step to stop in time, and says under Lambda’s own name that there was none left', async () => {
  const step = stepHandler<object, object>((_job, { signal }) => untilStopped(signal));
  await expect(step({}, context)).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
});

test('says so too when the step does not listen', async () => {
  const step = stepHandler<object, object>(() => new Promise(() => undefined));
  await expect(step({}, context)).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
});

test('lets a step that was stopped name its own failure', async () => {
  const step = stepHandler<object, object>((_job, { signal }) =>
    untilStopped(signal).catch(() => {
      throw new Failure('SubmitOutcomeUnknown', 'It may have been sent.');
    }),
  );
  await expect(step({}, context)).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown' });
});
