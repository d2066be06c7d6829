import {
  type TriggerEvent,
  toAdoptAfterMs,
  toEndEvent,
  toRedriveEvent,
} from './core/completion/trigger-event.ts';
import { VERSION } from './core/version.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createEventBus } from './io/aws/event-bus.ts';
import { createExecutions } from './io/aws/executions.ts';
import { createAnnouncer } from './io/completion/announcer.ts';
import { createLeases } from './io/completion/leases.ts';
import { markRedriven } from './io/completion/redrives.ts';
import { sweepJobs } from './io/completion/sweep.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { logWarning, stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('announce-video');
const bucket = createBucket(environment.VIDEO_BUCKET);
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const metrics = createMetricEmitter();
const records = createJobRecords(bucket);
const announcer = createAnnouncer({
  executions,
  leases: createLeases(bucket),
  records,
  events: createEventBus(environment.EVENT_BUS),
  metrics,
  recordWaitSeconds: Number(environment.RECORD_WAIT_SECONDS),
  recordMetadata: {
    host: environment.MINIMAX_API_HOST,
    version: VERSION,
    nodeVersion: process.version,
  },
  warn: logWarning,
});
const swept = { bucket, records, executions, announcer };

/**
 * Records, counts and announces how a video has ended, and marks a video that is redriven. Each hour it finds ends without an
 * event, and recovers lost executions.
 */
export const handler = stepHandler<TriggerEvent, object>(async ({ detail }, { signal, now, warn }) => {
  if (detail.name !== undefined) {
    const redrive = toRedriveEvent(detail, now());
    if (redrive !== undefined) return markRedriven(records, redrive);
    return announcer.announce(toEndEvent(detail), now, signal);
  }
  const failures = await sweepJobs({ ...swept, warn }, now, signal, toAdoptAfterMs(detail));
  metrics.emit({ values: { Unannounced: failures } });
  return { failures };
});
