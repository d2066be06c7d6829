import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod/mini';
import { READS, videoId } from './annotations.ts';
import { answered, describeEnd, toResult } from './answers.ts';
import type { Pace } from './pace.ts';

export function addLookTools(server: McpServer, pace: Pace): void {
  server.registerTool(
    'get_video',
    {
      description:
        'The state of a video, with a link to the file once it is ready. Free. To wait, use wait_for_video.',
      inputSchema: { video_id: videoId },
      annotations: READS,
    },
    ({ video_id }, { signal }) =>
      answered(async () => {
        const { video, isNew } = await pace.look(video_id, signal);
        if (video.finished_at !== undefined) return toResult(describeEnd(video), video);
        const reason = isNew
          ? ''
          : 'This is the answer from a moment ago, because nothing new can be known yet. ';
        return toResult(`${reason}The video has not ended: use wait_for_video.`, video);
      }),
  );
  server.registerTool(
    'wait_for_video',
    {
      description:
        'Waits until a video has ended, or until the seconds are over. Free. If it has not ended, call it again.',
      inputSchema: {
        video_id: videoId,
        seconds: z
          ._default(z.number().check(z.minimum(10), z.maximum(600)), 50)
          .check(z.describe('How long to wait, from 10 to 600 seconds. Many programs end a call after 60.')),
      },
      annotations: READS,
    },
    ({ video_id, seconds }, { signal, _meta, sendNotification }) =>
      answered(async () => {
        const token = _meta?.progressToken;
        let looks = 0;
        const video = await pace.wait(video_id, {
          seconds,
          signal,
          async onLook({ status, elapsed_seconds }) {
            looks += 1;
            if (token === undefined) return;
            const params = {
              progressToken: token,
              progress: looks,
              message: `${status}, ${elapsed_seconds} s`,
            };
            await sendNotification({ method: 'notifications/progress', params });
          },
        });
        if (video.finished_at !== undefined) return toResult(describeEnd(video), video);
        return toResult(`The video ${video_id} has not ended. Call wait_for_video again.`, video);
      }),
  );
}
