import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptedVideo } from '../../lambdas/core/api/response.ts';
import { type Catalogue, EXAMPLE_IMAGE, GLOBAL_HOST } from '../../lambdas/core/minimax/templates.ts';
import { REQUEST, type RunningService, startRunningService } from '../harness/running-service.ts';
import { shownTemplates } from './shown-templates.ts';

let running: RunningService;
beforeAll(async () => {
  running = await startRunningService();
});
afterAll(() => running.stop());

test('shows the templates and the prices of GET /templates', async () => {
  const answer = await fetch(`${running.service.url}/templates`);
  const { templates } = (await answer.json()) as Catalogue;
  expect(shownTemplates(GLOBAL_HOST).map(({ body, usd }) => [body, usd])).toEqual(
    templates.map(({ example, price_usd }) => [example, price_usd]),
  );
});

test.each(shownTemplates(GLOBAL_HOST))(
  'the service makes a video of the body: $command',
  async ({ body }) => {
    const posted = JSON.stringify(body).replace(EXAMPLE_IMAGE, INLINE_IMAGE);
    const answer = await running.post(posted);
    const { video_id, warnings } = (await answer.json()) as AcceptedVideo;
    expect([answer.status, warnings]).toEqual([202, undefined]);
    await running.endOf(video_id);
    expect(await running.get(video_id)).toMatchObject({ status: 'succeeded', template_id: body.template_id });
  },
);

/** In the place of MiniMax's image, which a test does not fetch. */
const INLINE_IMAGE = REQUEST.media_inputs[0]?.value ?? '';
