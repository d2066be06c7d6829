import type { CheckedJob } from '../../lambdas/core/job/job.ts';

/** The input of `Copy video`: a job whose task has succeeded. */
export function finishedJob(task_id: string): CheckedJob {
  const now = new Date().toISOString();
  return {
    video_id: crypto.randomUUID(),
    created_at: now,
    execution_arn: 'arn:aws:states:us-east-1:000000000000:execution:bench:copy',
    request: { task_id },
    task: { task_id, kind: 'template' as const, adopted: true, waiting_since: now },
    wait_seconds: 0,
    check: { status: 'succeeded', minimax_status: 'Success', polls: 1, checked_at: now, elapsed_seconds: 0 },
  };
}
