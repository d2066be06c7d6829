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
import { markMissedRedrives, markRedriven } from './io/completion/redrives.ts';
import { sweepJobs } from './io/completion/sweep.ts';
import { readEnvironment, toListRules } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { logWarning, stepHandler } from './io/lambda/step-handler.ts';
import { createTable } from './io/table/table.ts';
import { createVideoIndex } from './io/table/video-index.ts';

const environment = readEnvironment('announce-video');
const bucket = createBucket(environment.VIDEO_BUCKET);
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const metrics = createMetricEmitter();
const records = createJobRecords(bucket);
const table = createTable(environment.VIDEO_TABLE);
const index = createVideoIndex(table, toListRules(environment));
const announcer = createAnnouncer({
  executions,
  leases: createLeases(table, logWarning),
  index,
  records,
  events: createEventBus({
    eventBusName: environment.EVENT_BUS,
    stateMachineArn: environment.STATE_MACHINE_ARN,
  }),
  metrics,
  recordWaitSeconds: Number(environment.RECORD_WAIT_SECONDS),
  recordMetadata: {
    host: environment.MINIMAX_API_HOST,
    version: VERSION,
    nodeVersion: process.version,
  },
  warn: logWarning,
});
const swept = { bucket, records, executions, announcer, index };

/**
 * Records, counts and announces how a video has ended, and marks a video that is redriven. Each hour it finds ends without an
 * event, recovers lost executions, and mends the table.
 */
export const handler = stepHandler<TriggerEvent, object>(async ({ detail }, { signal, now, warn }) => {
  if (detail.name !== undefined) {
    const redrive = toRedriveEvent(detail, now());
    if (redrive !== undefined) return markRedriven({ records, index, warn }, redrive);
    return announcer.announce(toEndEvent(detail), now, signal);
  }
  await markMissedRedrives({ executions, records, index, warn }, now()).catch(warn);
  const { failures, behind } = await sweepJobs({ ...swept, warn }, now, signal, toAdoptAfterMs(detail));
  metrics.emit({ values: { Unannounced: failures, ItemsBehind: behind } });
  return { failures, behind };
});
