import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod/mini';
import type { VideosClient } from '../../client/index.ts';
import { CANCELS, STARTS, videoId } from './annotations.ts';
import { answered, toResult } from './answers.ts';

export function addTaskTools(server: McpServer, client: VideosClient): void {
  server.registerTool(
    'adopt_task',
    {
      description:
        'Fetches the video of a task that exists at MiniMax and is paid for. Starts nothing there, and costs nothing.',
      inputSchema: {
        task_id: z
          .string()
          .check(z.minLength(1), z.describe('The task_id that an error or a video has named.')),
      },
      annotations: STARTS,
    },
    ({ task_id }) =>
      answered(async () => {
        const { video_id } = await client.adopt(task_id, { idempotencyKey: `agent-adopt-${task_id}` });
        return toResult(`The video ${video_id} fetches the task. Call wait_for_video with this video_id.`, {
          video_id,
        });
      }),
  );
  server.registerTool(
    'cancel_video',
    {
      description:
        'Ends the wait for a video. MiniMax cannot be stopped and still charges, and the video is not stored.',
      inputSchema: {
        video_id: videoId,
        confirm_still_charged: z
          .literal(true)
          .check(
            z.describe(
              'true, once the person knows that the video is charged, and then lost unless it is adopted.',
            ),
          ),
      },
      annotations: CANCELS,
    },
    ({ video_id }) =>
      answered(async () => {
        const video = await client.cancel(video_id);
        return toResult(
          `The video ${video_id} is no longer waited for. ${video.error?.detail ?? ''}`.trim(),
          video,
        );
      }),
  );
}
