import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import { stepHandler } from '../../../lambdas/io/lambda/step-handler.ts';

/** Lambda's context with so little time that the signal is aborted at once. */
const context = { getRemainingTimeInMillis: () => 2_020 } as Context;

function untilStopped(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason));
  return promise;
}

test('aborts the signal before the timeout, and throws Lambda’s own name of a timeout', async () => {
  const step = stepHandler<object, object>((_job, { signal }) => untilStopped(signal));
  await expect(step({}, context)).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
});

test('throws that name also when the step ignores the signal', async () => {
  const step = stepHandler<object, object>(() => new Promise(() => undefined));
  await expect(step({}, context)).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
});

test('keeps the failure of a step that was aborted', async () => {
  const step = stepHandler<object, object>((_job, { signal }) =>
    untilStopped(signal).catch(() => {
      throw new Failure('SubmitOutcomeUnknown', 'It may have been sent.');
    }),
  );
  await expect(step({}, context)).rejects.toMatchObject({ name: 'SubmitOutcomeUnknown' });
});

test('logs the fields of a job document, and leaves out those of another type', async () => {
  const info = vi.spyOn(Logger.prototype, 'info').mockReturnValue();
  onTestFinished(() => void info.mockRestore());
  const job = { video_id: 'v1', task: { task_id: 't1' }, check: 'x', detail: { name: 1 }, skipped: null };
  const step = stepHandler<object, object>(async () => ({ check: { polls: 2, status: 'running' }, task: 5 }));
  await step(job, { getRemainingTimeInMillis: () => 60_000 } as Context);
  const fields = { video_id: 'v1', task_id: 't1', polls: 2, status: 'running' };
  expect(info.mock.calls).toStrictEqual([['done', fields]]);
});
