import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import { after, submittedJob } from '../../harness/running-job.ts';

const finished_at = after(300).toISOString();

/** The job document of a video that is in the bucket. */
export function succeededRecord(record: JobRecord): JobRecord & { readonly [field: string]: unknown } {
  return {
    ...record,
    task: submittedJob.task,
    status: 'succeeded',
    finished_at,
    redrives: 0,
    video: {
      bucket: 'b',
      key: `videos/${record.video_id}/video.mp4`,
      bytes: 9,
      sha256: 'ab',
      content_type: 'video/mp4',
      seconds: 1,
      attempts: 1,
      resumes: 0,
    },
    price: { template_usd: 0.45, transitions: 40, orchestration_usd: 0.001, estimated_usd: 0.451 },
  };
}

/** The job document of a video that MiniMax has rejected. */
export function failedRecord(record: JobRecord): JobRecord & { readonly [field: string]: unknown } {
  return {
    ...record,
    status: 'failed',
    finished_at,
    redrives: 0,
    error: {
      Error: 'ContentRejected',
      Cause: 'It was rejected.',
      title: 'MiniMax judged the content sensitive',
      money_spent: 'no',
      retry: 'new_request',
    },
    price: { template_usd: 0, transitions: 40, orchestration_usd: 0.001, estimated_usd: 0.001 },
  };
}
