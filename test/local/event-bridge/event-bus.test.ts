import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, expect, test } from 'vitest';
import { createEventBus as createSender } from '../../../lambdas/io/aws/event-bus.ts';
import { startAwsEndpoint } from '../../../local/aws/json-endpoint.ts';
import { type BusEvent, createEventBus, eventBridgeApi } from '../../../local/event-bridge/event-bus.ts';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import type { EventRule } from '../../../local/template/event-rules.ts';

const FAILURE: WorkerReply = { ok: false, error: { errorType: 'Error', errorMessage: 'Not now.' } };
const SUCCESS: WorkerReply = { ok: true, result: 'null' };

/** A bus whose functions record their events, and fail as often as listed. */
function busWith(rules: readonly EventRule[], replies: WorkerReply[] = []) {
  const invoked: { readonly functionArn: string; readonly event: BusEvent }[] = [];
  const bus = createEventBus({
    rules,
    pauseMs: 0,
    lambda: {
      async invoke(functionArn, event) {
        invoked.push({ functionArn, event: JSON.parse(event) });
        return replies.shift() ?? SUCCESS;
      },
    },
  });
  afterAll(() => bus.close(0));
  return { bus, invoked };
}

test('delivers an event to every function whose rule it matches, and to no other', async () => {
  const { bus, invoked } = busWith([
    { pattern: { source: ['shop'], detail: { status: ['done', 'lost'] } }, functionArns: ['a', 'b'] },
    { pattern: { source: ['shop'], detail: { status: ['new'] } }, functionArns: ['c'] },
    { pattern: { 'detail-type': ['Order'], detail: { customer: { country: ['CH'] } } }, functionArns: ['d'] },
    { everyHours: 1, functionArns: ['e'] },
  ]);
  await bus.publish('shop', 'Order', { status: 'lost' });
  await bus.publish('other', 'Order', { status: 'lost' });
  await bus.publish('shop', 'Order', null);
  expect(invoked.map(({ functionArn }) => functionArn)).toEqual(['a', 'b']);
  expect(invoked[0]?.event).toMatchObject({
    version: '0',
    source: 'shop',
    'detail-type': 'Order',
    detail: { status: 'lost' },
  });
  expect(bus.events).toHaveLength(3);
});

test('matches one resource of several', async () => {
  const { bus, invoked } = busWith([{ pattern: { resources: ['b'] }, functionArns: ['a'] }]);
  for (const resources of [[], ['a'], ['a', 'b']]) await bus.publish('shop', 'Order', {}, resources);
  expect(invoked).toMatchObject([{ event: { resources: ['a', 'b'] } }]);
});

test('compares numbers, and takes no text for one', async () => {
  const pattern = { detail: { redriveCount: [{ greaterThan: 0 }] } };
  const { bus, invoked } = busWith([{ pattern, functionArns: ['a'] }]);
  for (const redriveCount of [0, -1, '1', null, undefined])
    await bus.publish('states', 'Change', { redriveCount });
  expect(invoked).toEqual([]);
  for (const redriveCount of [1, 2]) await bus.publish('states', 'Change', { redriveCount });
  expect(invoked).toMatchObject([
    { event: { detail: { redriveCount: 1 } } },
    { event: { detail: { redriveCount: 2 } } },
  ]);
});

test('runs scheduled rules', async () => {
  const { bus, invoked } = busWith([{ everyHours: 1, functionArns: ['e'] }]);
  await bus.tick();
  expect(invoked).toMatchObject([{ functionArn: 'e', event: { source: 'aws.events', detail: {} } }]);
});

test('retries a failing function twice, as Lambda does', async () => {
  const rule = { pattern: { source: ['shop'] }, functionArns: ['a'] };
  const passing = busWith([rule], [FAILURE, FAILURE]);
  await passing.bus.publish('shop', 'Order', {});
  expect(passing.invoked).toHaveLength(3);
  const lasting = busWith([rule], [FAILURE, FAILURE, FAILURE]);
  await lasting.bus.publish('shop', 'Order', {});
  expect(lasting.invoked).toHaveLength(3);
});

test('accepts no event when it is closed', async () => {
  const { bus, invoked } = busWith([{ pattern: { source: ['shop'] }, functionArns: ['a'] }]);
  await bus.close(0);
  await bus.publish('shop', 'Order', {});
  expect(invoked).toEqual([]);
});

test("accepts events over AWS's own protocol, from the client that the functions use", async () => {
  const { bus, invoked } = busWith([{ pattern: { source: ['template-video'] }, functionArns: ['a'] }]);
  const endpoint = await startAwsEndpoint(eventBridgeApi(bus));
  const { credentials } = endpoint;
  const client = new EventBridgeClient({ endpoint: endpoint.url, region: 'us-east-1', credentials });
  await createSender({ eventBusName: 'default', stateMachineArn: 'arn:machine' }, client).put({
    detailType: 'Video Ready',
    detail: { video_id: 'v1' } as never,
  });
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [] }));
  await endpoint.stop();
  expect({ FailedEntryCount, Entries }).toEqual({ FailedEntryCount: 0, Entries: [] });
  expect(invoked).toMatchObject([
    { event: { 'detail-type': 'Video Ready', detail: { video_id: 'v1' }, resources: ['arn:machine'] } },
  ]);
});
