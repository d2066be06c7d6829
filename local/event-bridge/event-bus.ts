import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { PutEventsRequest, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import type { Operations } from '../aws/json-endpoint.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { EventRule, Pattern } from '../template/event-rules.ts';
import { ACCOUNT_ID, REGION } from '../template/template.ts';

/** How often Lambda tries an event again that nobody waits for: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRIES = 2;

/** An event holds the whole input of an execution. */
const MAX_EVENTS = 1_000;

const HOUR_MS = 60 * 60 * 1000;

/** An event as EventBridge hands it to its targets. */
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
  /** Hands an event to the functions whose rules it matches. @returns when each has taken it, or was tried often enough */
  publish(source: string, detailType: string, detail: unknown): Promise<void>;
  /** Has the rules that go by the clock call their functions, as if it were time. @param detail of the event. @default nothing */
  tick(detail?: object): Promise<void>;
  /** The newest of what was published. */
  readonly events: readonly BusEvent[];
  readonly isClosed: boolean;
  /** Takes no more events, and waits for those that are under way. @param waitMs how long at most */
  close(waitMs: number): Promise<void>;
}

interface BusOptions {
  readonly rules: readonly EventRule[];
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** Between two tries, in milliseconds. */
  readonly pauseMs: number;
}

export function createEventBus({ rules, lambda, pauseMs }: BusOptions): LocalEventBus {
  const events: BusEvent[] = [];
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  async function deliver(event: BusEvent, functionArn: string): Promise<void> {
    for (let tries = 0; tries <= RETRIES && !isClosed; tries += 1) {
      if (tries > 0) await after(pauseMs * tries);
      const { ok } = await lambda.invoke(functionArn, JSON.stringify(event), { waits: true });
      if (ok) return;
    }
  }

  async function deliverBy(chosen: readonly EventRule[], event: BusEvent): Promise<void> {
    const targets = chosen.flatMap(({ functionArns }) => functionArns);
    const delivered = Promise.all(targets.map((arn) => deliver(event, arn))).then(() => undefined);
    underWay.add(delivered);
    await delivered.finally(() => underWay.delete(delivered));
  }

  const onTheClock = rules.filter(({ everyHours }) => everyHours !== undefined);
  const clocks = onTheClock.map((rule) =>
    setInterval(() => void deliverBy([rule], scheduled()), (rule.everyHours ?? 1) * HOUR_MS).unref(),
  );

  return {
    events,
    get isClosed() {
      return isClosed;
    },
    async publish(source, detailType, detail) {
      if (isClosed) return;
      const event = toBusEvent(source, detailType, detail);
      events.push(event);
      if (events.length > MAX_EVENTS) events.shift();
      const matching = rules.filter(({ pattern }) => pattern !== undefined && matches(pattern, event));
      await deliverBy(matching, event);
    },
    tick: (detail) => deliverBy(onTheClock, scheduled(detail)),
    async close(waitMs) {
      for (const clock of clocks) clearInterval(clock);
      await Promise.race([Promise.allSettled(underWay), after(waitMs, undefined, { ref: false })]);
      isClosed = true;
    },
  };
}

/** The calls of EventBridge that the functions make. */
export function eventBridgeApi(bus: LocalEventBus): Operations {
  return {
    'AWSEvents.PutEvents': ({ Entries = [] }: PutEventsRequest): PutEventsResponse => ({
      FailedEntryCount: 0,
      Entries: Entries.map(({ Source = '', DetailType = '', Detail = '{}' }) => {
        void bus.publish(Source, DetailType, JSON.parse(Detail));
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

/** Every field of the pattern has to be in the event, with one of the values that the pattern lists. */
function matches(pattern: Pattern, value: unknown): boolean {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([name, wanted]) =>
    Array.isArray(wanted) ? wanted.includes(fields[name]) : matches(wanted as Pattern, fields[name]),
  );
}
