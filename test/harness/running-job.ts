import { toSubmittedJob } from '../../lambdas/core/job/submitted-job.ts';
import type { Task } from '../../lambdas/core/minimax/task.ts';

/** A job in the middle of its life, as the tests of what comes next begin with it. */
export const schedule = { firstWaitSeconds: 30, pollSeconds: 10, giveUpAfterSeconds: 3600 };
export const createdAt = new Date('2026-11-22T10:00:00Z');
export const request = { template_id: '393769180141805569', text_inputs: [{ value: 'Lion' }] };
/** What tells the execution of all these jobs from others. */
export const executionKey = {
  video_id: 'v1',
  created_at: createdAt.toISOString(),
  execution_arn: 'arn:aws:states:eu-west-1:123456789012:execution:TemplateVideo:v1',
};
export const newJob = { ...executionKey, redrives: 0, retries: 0, request };
/** As Step Functions hands it on: JSON has no fields that are undefined. */
export const submittedJob = asJson(
  toSubmittedJob(newJob, { taskId: '42', traceId: 't' }, { now: createdAt, schedule }),
);
export const running: Task = { status: 'running', rawStatus: 'Processing', code: 0 };

export function after(seconds: number): Date {
  return new Date(createdAt.getTime() + seconds * 1000);
}

function asJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}
