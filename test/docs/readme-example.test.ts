import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningService, startRunningService } from '../harness/running-service.ts';
import { readPage } from './markdown.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService({ pauseMs: 600_000 });
});
afterAll(() => running.stop());

test('the README shows a request and the answer that it gets', async () => {
  const { text, blocks } = readPage('README.md');
  const [, body = ''] = /-d '([^']*)'/.exec(text) ?? [];
  const response = await fetch(`${running.service.url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'order-17' },
    body,
  });
  expect(response.status).toBe(202);
  const shown = JSON.parse(blocks.find(({ language }) => language === 'json')?.text ?? '');
  expect(await response.json()).toEqual({
    ...shown,
    video_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    elapsed_seconds: expect.any(Number),
  });
});
