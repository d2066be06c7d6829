import type { NewJob, SubmittedJob } from './job.ts';

/** How long a job that a step takes up has been waiting: since its task was accepted or taken up again, or since its start. */
export function waitingSeconds(job: NewJob | SubmittedJob, now: Date): number {
  const since = 'task' in job ? job.task.waiting_since : job.created_at;
  return Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
}
