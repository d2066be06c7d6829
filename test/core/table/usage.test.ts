import { expect, test } from 'vitest';
import { usageSchema } from '../../../lambdas/core/api/response.ts';
import type { VideoEntry } from '../../../lambdas/core/table/entry.ts';
import { createUsageCounter } from '../../../lambdas/core/table/usage.ts';

const HOST = 'https://api.minimax.io';
const LION = '393769180141805569';
const entry: VideoEntry = {
  video_id: 'v1',
  kind: 'template',
  status: 'succeeded',
  created_at: '2026-11-27T10:00:00.000Z',
  template_id: LION,
  estimated_usd: 0.451,
  money_spent: 'yes',
};
const { estimated_usd: _usd, ...unfinished } = entry;

test('adds up videos by certainty, day and template, newest day first', () => {
  const counter = createUsageCounter({ from: '2026-11-01', to: '2026-11-30' }, HOST);
  counter.add({ ...entry, created_at: '2026-11-26T23:59:59.999Z' });
  counter.add(entry);
  counter.add({ ...entry, estimated_usd: 0.001, money_spent: 'no' });
  counter.add({ ...unfinished, status: 'running', money_spent: 'maybe' });
  counter.add({ ...entry, template_id: '7', estimated_usd: null });
  const usage = counter.result();
  expect(usageSchema.safeParse(usage)).toMatchObject({ success: true });
  expect(usage).toEqual({
    from: '2026-11-01',
    to: '2026-11-30',
    videos: 5,
    without_price: 1,
    usd: { no: 0.001, maybe: 0.45, yes: 0.902 },
    groups: [
      { day: '2026-11-27', template_id: '7', videos: 1, without_price: 1, usd: { no: 0, maybe: 0, yes: 0 } },
      {
        day: '2026-11-27',
        template_id: LION,
        videos: 3,
        without_price: 0,
        usd: { no: 0.001, maybe: 0.45, yes: 0.451 },
      },
      {
        day: '2026-11-26',
        template_id: LION,
        videos: 1,
        without_price: 0,
        usd: { no: 0, maybe: 0, yes: 0.451 },
      },
    ],
  });
});

test('counts an unfinished adoption as free, because another request has paid', () => {
  const counter = createUsageCounter({ from: '2026-11-27', to: '2026-11-27' }, HOST);
  const { template_id: _template, ...adopted } = unfinished;
  counter.add({ ...adopted, status: 'running', money_spent: 'maybe' });
  expect(counter.result()).toMatchObject({ videos: 1, without_price: 0, usd: { maybe: 0 } });
});

test('shows a sum of prices without the digits that doubles add', () => {
  const counter = createUsageCounter({ from: '2026-11-27', to: '2026-11-27' }, HOST);
  for (let count = 0; count < 3; count += 1) counter.add({ ...entry, estimated_usd: 0.1 });
  expect(counter.result().usd.yes).toBe(0.3);
});
