import { VERSION } from './core/version.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createEventBus } from './io/aws/event-bus.ts';
import { createExecutions } from './io/aws/executions.ts';
import { createAnnouncer } from './io/completion/announcer.ts';
import { createLeases } from './io/completion/leases.ts';
import { sweepJobs } from './io/completion/sweep.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('announce-video');
const bucket = createBucket(environment.VIDEO_BUCKET);
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const measures = createMetricEmitter();
const claims = createLeases(bucket);
const records = createJobRecords(bucket);
const announcer = createAnnouncer({
  executions,
  claims,
  records,
  events: createEventBus(environment.EVENT_BUS),
  measures,
  recordWaitSeconds: Number(environment.RECORD_WAIT_SECONDS),
  recordMetadata: {
    host: environment.MINIMAX_API_HOST,
    version: VERSION,
    nodeVersion: process.version,
  },
});

/** What EventBridge sends: that an execution has changed its status, or that an hour is over. */
interface Occasion {
  readonly detail: {
    readonly name?: string;
    readonly stopDate?: number;
    readonly redriveCount?: number;
    /**
     * Seconds since the last change of a job document without an end after which its task is adopted. A local service, which
     * is alone with its objects, does not wait for it. @default an hour
     */
    readonly adopt_after_seconds?: number;
  };
}

/**
 * Records, counts and announces how a video has ended; each hour those too that nobody has told it of. Each hour it also takes
 * up the job documents whose executions are gone.
 */
export const handler = stepHandler<Occasion, object>(async ({ detail }, { signal, now, warn }) => {
  const { name, stopDate: stoppedAt, redriveCount: redrives, adopt_after_seconds } = detail;
  if (name !== undefined) return announcer.announce({ name, stoppedAt, redrives }, now, signal);
  const adoptAfterMs = adopt_after_seconds === undefined ? undefined : adopt_after_seconds * 1000;
  const peers = { bucket, records, claims, executions, announcer, warn };
  const failures = await sweepJobs(peers, now, signal, adoptAfterMs);
  measures.emit({ values: { Unannounced: failures } });
  return { failures };
});
