import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { PutEventsRequest, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import type { Operations } from '../aws/json-endpoint.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { EventRule, GreaterThan, Pattern } from '../template/event-rules.ts';
import { ACCOUNT_ID, REGION } from '../template/template.ts';

/** How often Lambda retries an asynchronous event: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRIES = 2;

/** Bounded, because an event contains the whole input of an execution. */
const MAX_EVENTS = 1_000;

const HOUR_MS = 60 * 60 * 1000;

/** An event in the form in which EventBridge delivers it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** The default bus of the account, with the rules of the deployment. */
export interface LocalEventBus {
  /** Delivers an event to the functions of all matching rules. Resolves when each has accepted it, or after its last retry. */
  publish(source: string, detailType: string, detail: unknown, resources?: readonly string[]): Promise<void>;
  /** Runs every scheduled rule now. @param detail of the event */
  tick(detail?: object): Promise<void>;
  /** The newest published events. */
  readonly events: readonly BusEvent[];
  readonly isClosed: boolean;
  /** Accepts no more events, and waits for running deliveries. @param waitMs how long at most */
  close(waitMs: number): Promise<void>;
}

interface BusOptions {
  readonly rules: readonly EventRule[];
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** The pause before the first retry, in milliseconds. The pauses grow linearly. */
  readonly pauseMs: number;
}

export function createEventBus({ rules, lambda, pauseMs }: BusOptions): LocalEventBus {
  const events: BusEvent[] = [];
  const running = new Set<Promise<void>>();
  let isClosed = false;

  async function deliver(event: BusEvent, functionArn: string): Promise<void> {
    for (let retry = 0; retry <= RETRIES && !isClosed; retry += 1) {
      if (retry > 0) await after(pauseMs * retry);
      const { ok } = await lambda.invoke(functionArn, JSON.stringify(event), { waits: true });
      if (ok) return;
    }
  }

  async function deliverBy(chosen: readonly EventRule[], event: BusEvent): Promise<void> {
    const targets = chosen.flatMap(({ functionArns }) => functionArns);
    const delivered = Promise.all(targets.map((arn) => deliver(event, arn))).then(() => undefined);
    running.add(delivered);
    await delivered.finally(() => running.delete(delivered));
  }

  const scheduledRules = rules.filter(({ everyHours }) => everyHours !== undefined);
  const clocks = scheduledRules.map((rule) =>
    setInterval(() => void deliverBy([rule], scheduled()), (rule.everyHours ?? 1) * HOUR_MS).unref(),
  );

  return {
    events,
    get isClosed() {
      return isClosed;
    },
    async publish(source, detailType, detail, resources = []) {
      if (isClosed) return;
      const event = { ...toBusEvent(source, detailType, detail), resources };
      events.push(event);
      if (events.length > MAX_EVENTS) events.shift();
      const matching = rules.filter(({ pattern }) => pattern !== undefined && matches(pattern, event));
      await deliverBy(matching, event);
    },
    tick: (detail) => deliverBy(scheduledRules, scheduled(detail)),
    async close(waitMs) {
      for (const clock of clocks) clearInterval(clock);
      await Promise.race([Promise.allSettled(running), after(waitMs, undefined, { ref: false })]);
      isClosed = true;
    },
  };
}

/** The operations of EventBridge that the functions call. */
export function eventBridgeApi(bus: LocalEventBus): Operations {
  return {
    'AWSEvents.PutEvents': ({ Entries = [] }: PutEventsRequest): PutEventsResponse => ({
      FailedEntryCount: 0,
      Entries: Entries.map(({ Source = '', DetailType = '', Detail = '{}', Resources = [] }) => {
        void bus.publish(Source, DetailType, JSON.parse(Detail), Resources);
        return { EventId: randomUUID() };
      }),
    }),
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
function toBusEvent(source: string, detailType: string, detail: unknown): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    source,
    'detail-type': detailType,
    account: ACCOUNT_ID,
    region: REGION,
    time: new Date().toISOString(),
    resources: [],
    detail,
  };
}

function scheduled(detail: object = {}): BusEvent {
  return toBusEvent('aws.events', 'Scheduled Event', detail);
}

/**
 * An event matches where each field of the pattern is in the event, with a value that the pattern lists. Of a list in the event, one
 * value is enough.
 */
function matches(pattern: Pattern, value: unknown): boolean {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([name, wanted]) =>
    isList(wanted) ? wanted.some((each) => matchesValue(each, fields[name])) : matches(wanted, fields[name]),
  );
}

function isList(wanted: Pattern[string]): wanted is readonly (string | GreaterThan)[] {
  return Array.isArray(wanted);
}

function matchesValue(wanted: string | GreaterThan, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => matchesValue(wanted, each));
  if (typeof wanted === 'string') return value === wanted;
  return typeof value === 'number' && value > wanted.greaterThan;
}
