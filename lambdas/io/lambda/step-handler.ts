import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import { printable } from '../../core/text/plain.ts';

/** The signal of a step is aborted this long before Lambda's own deadline. */
const STOP_EARLY_MS = 2_000;
/** After the abort a step has this long to throw its own error. */
const SHUTDOWN_GRACE_MS = 1_000;

const logger = new Logger();

/** What a step gets beside its job. */
export interface StepContext {
  /** Aborted shortly before the function's timeout. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Logs an error that does not end the step. */
  readonly warn: (error: Error) => undefined;
}

type Step<In, Out> = (job: In, context: StepContext) => Promise<Out>;

/**
 * Makes the Lambda handler of a step of the workflow (job document in, job document out), or of what follows the end of an
 * execution. Writes one log line each time.
 */
export function stepHandler<In extends object, Out extends object>(step: Step<In, Out>) {
  return middy<In, Out, Error, Context>({
    timeoutEarlyInMillis: STOP_EARLY_MS,
    timeoutEarlyResponse: onTimeout,
  })
    .use({
      before: ({ context }) => logger.addContext(context),
      after: ({ event, response }) =>
        logger.info('done', { ...toLogFields(event), ...toLogFields(response) }),
      onError: ({ event, error }) =>
        logger.error(error?.name ?? 'failed', {
          ...toLogFields(event),
          why: printable(error?.message ?? ''),
        }),
    })
    .handler((job, _context, { signal }) =>
      step(job, { signal, now: () => new Date(), warn: (error) => warn(job, error) }).catch(
        (error: unknown) => {
          const isNamed = error instanceof Failure || error instanceof RetryableError;
          throw signal.aborted && !isNamed ? timedOut() : error;
        },
      ),
    );
}

/** Logs an error of a part that has no step context. */
export function logWarning(error: Error): void {
  logger.warn(error.name, { why: printable(error.message) });
}

function warn(job: object, error: Error): undefined {
  logger.warn(error.name, { ...toLogFields(job), why: printable(error.message) });
}

async function onTimeout(): Promise<never> {
  await after(SHUTDOWN_GRACE_MS);
  throw timedOut();
}

/** Has Lambda's own name for a timeout, which the workflow retries in every step but the create. */
function timedOut(): Error {
  return Object.assign(new Error('The function ran out of time.'), { name: 'Sandbox.Timedout' });
}

const text = z.catch(z.optional(z.string()), undefined);

/** The logged fields of a job document, or of an event about an execution. A field of another type is not logged. */
const logged = z.object({
  video_id: text,
  detail: z.catch(z.optional(z.object({ name: text })), undefined),
  task: z.catch(z.optional(z.object({ task_id: text })), undefined),
  check: z.catch(
    z.optional(z.object({ polls: z.catch(z.optional(z.number()), undefined), status: text })),
    undefined,
  ),
  error: z.catch(z.optional(z.object({ Error: text })), undefined),
  skipped: text,
});

/** Without undefined fields: the fields of a response are merged over those of its event. */
function toLogFields(job: unknown): Record<string, unknown> {
  const { video_id, detail, task, check, error, skipped } = logged.safeParse(job).data ?? {};
  const found = {
    video_id: video_id ?? detail?.name,
    task_id: task?.task_id,
    polls: check?.polls,
    status: check?.status,
    failure: error?.Error,
    skipped,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
