import * as z from 'zod/mini';
import { STATES } from '../../lambdas/core/states.ts';

/** The fields of a job document that are shown. What has another form is not shown. */
const shownJob = z.catch(
  z.object({
    task: optional(z.object({ task_id: z.string() })),
    check: optional(z.object({ minimax_status: z.string() })),
    video: optional(z.object({ bytes: z.number(), sha256: z.string() })),
    error: optional(z.object({ Error: z.string() })),
  }),
  {},
);

function optional<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.catch(z.optional(schema), undefined);
}

/** What a state has added to the job document, as a few words. */
export function noteOf(state: string, output = '{}'): string {
  const { task, check, video, error } = shownJob.parse(JSON.parse(output));
  if (state === STATES.submitTask || state === STATES.adoptTask) return task ? `task ${task.task_id}` : '';
  if (state === STATES.checkTask) return check?.minimax_status ?? '';
  if (state === STATES.copyVideo)
    return video ? `${formatSize(video.bytes)}, SHA-256 ${video.sha256.slice(0, 12)}…` : '';
  return state === STATES.recordFailure ? (error?.Error ?? '') : '';
}

function formatSize(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
