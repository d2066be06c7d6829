import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod/mini';
import type { VideosClient } from '../../client/index.ts';
import { toTemplateId } from '../make/template-name.ts';
import { STARTS } from './annotations.ts';
import { answered, describeEnd, orRejected, Rejected, toResult } from './answers.ts';
import { requireConfirmed } from './estimate.ts';
import { toKeyedRequest } from './request.ts';

const startShape = {
  template_id: z.string().check(z.minLength(1), z.describe('The id or the name, from list_templates.')),
  images: z
    ._default(z.array(z.string()), [])
    .check(
      z.describe(
        'For each image that the template needs: an https URL, or the path of a JPEG, PNG or WebP file on this machine.',
      ),
    ),
  texts: z
    ._default(z.array(z.string()), [])
    .check(z.describe('The texts that the template needs, such as "Lion".')),
  confirm_cost_usd: z
    ._default(z.number().check(z.minimum(0)), 0)
    .check(
      z.describe(
        'The price in US dollars that the person has agreed to. It must not be below the price in list_templates.',
      ),
    ),
  again_after: z
    .optional(z.string())
    .check(
      z.describe(
        'Only to pay for another video that is equal to an earlier one: the video_id of that one, which must have ended.',
      ),
    ),
};

export function addStartTool(server: McpServer, client: VideosClient): void {
  const description =
    'Starts one video, which costs money. The same call never pays again: it gives the video that was started before. Takes two to fifteen minutes: follow it with wait_for_video.';
  server.registerTool('start_video', { description, inputSchema: startShape, annotations: STARTS }, (given) =>
    answered(async () => {
      const { confirm_cost_usd, ...others } = given;
      const catalogue = await client.templates();
      // A name would have no price, and MiniMax knows ids only.
      const template_id = await orRejected(() => toTemplateId(given.template_id, catalogue, 'template_id'));
      requireConfirmed(template_id, confirm_cost_usd, catalogue);
      if (given.again_after !== undefined) await requireRepeatable(given.again_after, template_id, client);
      const { request: body, idempotencyKey } = await toKeyedRequest({ ...others, template_id }, client);
      const started = await client.start(body, { idempotencyKey });
      const { video_id, finished_at, warnings } = started;
      if (finished_at === undefined)
        return toResult(
          `The video ${video_id} runs. Call wait_for_video with this video_id until it has ended. Do not start it again.`,
          { video_id, warnings },
        );
      const end = `Nothing new was started: an equal request has started the video ${video_id}, which has ended. ${describeEnd(started)}`;
      // After a failure, its own advice counts.
      if (started.error !== undefined) return toResult(end, started);
      return toResult(`${end} To pay for another equal video, give again_after "${video_id}".`, started);
    }),
  );
}

/** @throws Rejected where the video runs, is of another template, or is paid for and can still be fetched */
async function requireRepeatable(id: string, templateId: string, client: VideosClient): Promise<void> {
  const { finished_at, status, template_id = templateId, task_id, error } = await client.get(id);
  if (finished_at === undefined)
    throw new Rejected(
      `Nothing was started. The video ${id} has not ended (${status}): wait for it with wait_for_video, and do not pay for it twice.`,
    );
  if (template_id !== templateId)
    throw new Rejected(
      `Nothing was started. The video ${id} is of the template ${template_id}: again_after names an equal video. For another video, leave it out.`,
    );
  if (error?.retry === 'never')
    throw new Rejected(
      `Nothing was started. The video ${id} may be paid for, and a person has to check that at MiniMax first: ${error.detail}`,
    );
  if (error?.retry === 'adopt')
    throw new Rejected(
      `Nothing was started. The task of the video ${id} may be paid for: call adopt_task with the task_id ${task_id}, which costs nothing. If that ends without a file too, give the video_id of that video.`,
    );
}
