import { setTimeout as after } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import { printable } from '../../core/text/plain.ts';

/** How long before Lambda's own deadline a step is told to stop, and how long it then has to say what happened. */
const STOP_EARLY_MS = 2_000;
const SHUTDOWN_GRACE_MS = 1_000;

const logger = new Logger();

/** What a step is given beside its job. */
export interface Surroundings {
  /** Aborted when the function is about to run out of time. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Puts into the log what went wrong without ending the step. */
  readonly warn: (error: Error) => undefined;
}

type Step<In, Out> = (job: In, surroundings: Surroundings) => Promise<Out>;

/**
 * Makes a Lambda handler of one step of the workflow, job document in, job document out, or of what is done when an execution
 * has ended. It writes one log line each time.
 */
export function stepHandler<In extends object, Out extends object>(step: Step<In, Out>) {
  return middy<In, Out, Error, Context>({
    timeoutEarlyInMillis: STOP_EARLY_MS,
    timeoutEarlyResponse: onTimeout,
  })
    .use({
      before: ({ context }) => logger.addContext(context),
      after: ({ event, response }) =>
        logger.info('done', { ...whereabouts(event), ...whereabouts(response) }),
      onError: ({ event, error }) =>
        logger.error(error?.name ?? 'failed', {
          ...whereabouts(event),
          why: printable(error?.message ?? ''),
        }),
    })
    .handler((job, _context, { signal }) =>
      step(job, { signal, now: () => new Date(), warn: (error) => warn(job, error) }).catch(
        (error: unknown) => {
          const isNamed = error instanceof Failure || error instanceof RetryableError;
          throw signal.aborted && !isNamed ? outOfTime() : error;
        },
      ),
    );
}

function warn(job: object, error: Error): undefined {
  logger.warn(error.name, { ...whereabouts(job), why: printable(error.message) });
}

async function onTimeout(): Promise<never> {
  await after(SHUTDOWN_GRACE_MS);
  throw outOfTime();
}

/** Under Lambda's own name for it, by which the workflow repeats every step but the create. */
function outOfTime(): Error {
  return Object.assign(new Error('The function ran out of time.'), { name: 'Sandbox.Timedout' });
}

/** What one wants to find a line by; of a failure, its name. */
function whereabouts(job: unknown): Record<string, unknown> {
  const { detail, video_id, task, check, error, skipped } = (job ?? {}) as {
    readonly detail?: { readonly name?: string };
    readonly video_id?: string;
    readonly skipped?: string;
    readonly task?: { readonly task_id?: string };
    readonly check?: { readonly polls?: number; readonly status?: string };
    readonly error?: { readonly Error?: string };
  };
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
