import { createClient } from 'template-video/client';
import { type VideoEvent, videoEventSchema } from 'template-video/events';

/** What a user's own code does with both entries, as the type checker sees it. */
export async function statusOf(event: unknown): Promise<string> {
  const { detail }: VideoEvent = videoEventSchema.parse(event);
  const client = createClient({ url: 'https://example.com/prod', apiKey: 'key' });
  const { status } = await client.get(detail.video_id);
  return status;
}
