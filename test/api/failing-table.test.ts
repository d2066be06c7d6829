import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Video } from '../../lambdas/core/api/response.ts';
import { always, startTableRun, type TableRun } from '../faults/table-run.ts';
import { QUICK_FAULTS, type TableFault } from '../harness/faulty-table.ts';
import { REQUEST, type RunningService } from '../harness/running-service.ts';

let run: TableRun;
let limited: TableRun;
beforeAll(async () => {
  run = await startTableRun({ visibility: 'owner' });
  limited = await startTableRun({ visibility: 'owner', variables: { POSTS_PER_DAY: '100' } });
});
afterAll(async () => {
  await run[Symbol.asyncDispose]();
  await limited[Symbol.asyncDispose]();
});

const FAULTS: readonly TableFault[] = [...QUICK_FAULTS, 'never answers'];
const KEY = 'idempotency-key';

async function expectUnavailable(answer: Response): Promise<void> {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.json()).toMatchObject({ type: expect.stringContaining('table-unavailable') });
}

/** How many executions the service has started. */
const startsOf = ({ service }: RunningService): number => service.engine.executions.size;

describe.each(FAULTS)('while the table %s', (fault) => {
  test('what only the table knows is 503, and starts nothing', async () => {
    const { running } = run;
    const task_id = running.simulator.makeTask({ queries: ['Success'] });
    const before = [startsOf(running), startsOf(limited.running)];
    for (const { table } of [run, limited]) table.breakWith(always(fault));
    const { url } = running.service;
    const answers = await Promise.all([
      fetch(`${url}/videos`),
      fetch(`${url}/videos?status=running&limit=1`),
      fetch(`${url}/usage`),
      running.post({ task_id }),
      running.post({ task_id }, { [KEY]: randomUUID() }),
      limited.running.post(REQUEST),
      limited.running.post(REQUEST, { [KEY]: randomUUID() }),
    ]);
    for (const answer of answers) await expectUnavailable(answer);
    expect([startsOf(running), startsOf(limited.running)]).toEqual(before);
  });

  test('a template is accepted and replayed, its video is shown and stopped, and an upload is prepared', async () => {
    const { running, table } = run;
    const creates = running.simulator.creates.length;
    table.breakWith(always(fault));
    const headers = { [KEY]: randomUUID() };
    running.simulator.script({ queries: ['Processing'] });
    const posted = await running.post(REQUEST, headers);
    expect(posted.status).toBe(202);
    const { video_id } = (await posted.json()) as Video;
    await expect.poll(async () => (await running.get(video_id)).polls).toBeGreaterThan(0);

    const replayed = await running.post(REQUEST, headers);
    expect(replayed.status).toBe(202);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    const upload = { content_type: 'image/png', bytes: 9 };
    const prepared = await fetch(`${running.service.url}/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(upload),
    });
    expect(prepared.status).toBe(201);
    const deleted = await fetch(`${running.service.url}/videos/${video_id}`, { method: 'DELETE' });
    expect(deleted.status).toBe(200);
    await running.endOf(video_id);
    expect(await running.get(video_id)).toMatchObject({ status: 'cancelled' });
    running.simulator.forgetScripts();
    expect(running.simulator.creates.length).toBe(creates + 1);
  });
});
