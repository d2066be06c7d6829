import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod/mini';
import type { VideosClient } from '../../client/index.ts';
import { LISTED_STATUSES } from '../../lambdas/core/api/listed-statuses.ts';
import { READS } from './annotations.ts';
import { answered, toResult } from './answers.ts';

export function addTemplateTool(server: McpServer, client: VideosClient): void {
  const description =
    'Lists the templates: what each needs, an example, and the price of one video in US dollars. Free.';
  server.registerTool('list_templates', { description, annotations: READS }, async () =>
    answered(async () => {
      const { read_on, templates } = await client.templates();
      return toResult(`MiniMax may have changed the prices since ${read_on}.`, templates);
    }),
  );
}

export function addListTool(server: McpServer, client: VideosClient): void {
  server.registerTool(
    'list_videos',
    {
      description: 'Lists your videos, newest first: to find a lost video_id, or what a day has cost. Free.',
      inputSchema: {
        status: z.optional(z.enum(LISTED_STATUSES)),
        template_id: z.optional(z.string()),
        created_after: z.optional(z.iso.datetime()),
        limit: z._default(z.int().check(z.minimum(1), z.maximum(100)), 20),
        cursor: z
          .optional(z.string())
          .check(z.describe('The next_cursor of an earlier page with the same filters.')),
      },
      annotations: READS,
    },
    (filters) =>
      answered(async () => {
        for await (const page of client.list(filters).pages()) {
          const more = page.next_cursor === undefined ? 'These are all.' : 'There are more: give cursor.';
          return toResult(`${page.videos.length} videos. ${more}`, page);
        }
        return toResult('There are no videos.');
      }),
  );
}
