import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService({ settings: { visibility: 'everyone' } });
});
afterAll(() => running.stop());

const SECRET = 'signed-0123456789';
/** All that a person can be shown as plain text: no control, no bidirectional, no invisible character. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u;
const UNPRINTABLE = '\u001b[31m\u202e\u009b2J\u2066\u200b';

/** What the history has of an execution from this state on. */
function historyFrom({ events }: LocalExecution, state: string): string {
  const index = events.findIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state);
  expect(index).toBeGreaterThan(0);
  return JSON.stringify(events.slice(index));
}

function ownEvents({ name }: LocalExecution): readonly unknown[] {
  return running.service.bus.events.filter(
    ({ source, detail }) => source === 'template-video' && JSON.stringify(detail).includes(name),
  );
}

test.each<readonly [string, string, Scenario]>([
  ['is delivered', 'Wait', { queries: ['Success'] }],
  ['fails at MiniMax', 'Wait', { queries: ['Fail'] }],
  ['is refused', 'Video failed', { create: { code: 1008 } }],
  ['is in doubt', 'Video failed', { create: { reply: 'lost' } }],
])(
  'keeps what opens a link of the caller out of all that is written of a video that %s',
  async (_end, from, script) => {
    const place = running.simulator.imageUrl;
    const value = `${place.replace('//', `//me:${SECRET}@`)}?X-Amz-Signature=${SECRET}#${SECRET}`;
    const execution = await running.run({ ...REQUEST, media_inputs: [{ value }] }, script);
    expect(running.simulator.creates.at(-1)?.body).toMatchObject({ media_inputs: [{ value }] });
    const job = await running.storedJob(execution.name);
    expect(job).toMatchObject({
      request: { media_inputs: [{ value: `${place} (query and credentials left out)` }] },
    });
    const video = await running.get(execution.name);
    expect(ownEvents(execution)).toHaveLength(1);
    const written = [job, video, ownEvents(execution), running.log(), historyFrom(execution, from)];
    expect(JSON.stringify(written)).not.toContain(SECRET);
  },
);

test.each([
  ['a template', { template_id: `1${UNPRINTABLE}` }],
  ['a task', { task_id: `1${UNPRINTABLE}` }],
  ['a field', { template_id: '1', [`a${UNPRINTABLE}`]: 1 }],
  ['nothing that is known', { [UNPRINTABLE]: UNPRINTABLE }],
  ['a link', { template_id: '1', media_inputs: [{ value: `https://me:pw@x.example/${UNPRINTABLE}` }] }],
])('says in plain words what is wrong with %s of odd characters', async (_what, input) => {
  const execution = await running.execute(input);
  expect(execution.status).toBe('FAILED');
  const { error } = await running.get(execution.name);
  for (const said of [execution.error, execution.cause, error?.detail, error?.title])
    expect(said).toMatch(PRINTABLE);
});

test('says in plain words what MiniMax says in odd ones, of a create and of a task', async () => {
  const refused = await running.run(REQUEST, { create: { code: 1008, message: `no${UNPRINTABLE} balance` } });
  const failed = await running.run(REQUEST, {
    queries: [`Waiting${UNPRINTABLE}`, { code: 1026, message: UNPRINTABLE }],
  });
  for (const { name, cause } of [refused, failed]) {
    expect(cause).toMatch(PRINTABLE);
    expect(JSON.stringify(await running.storedJob(name))).toMatch(PRINTABLE);
  }
  expect(await running.storedJob(failed.name)).toMatchObject({ check: { minimax_status: 'Waiting' } });
});
