import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { KillableService } from './killable-service.ts';
import { type AskedVideo, ask, type ShownVideo, show } from './requests.ts';

/** Waits until every video has ended. @returns the service's answer for each */
export async function everythingEnded(
  { url }: KillableService,
  asked: readonly AskedVideo[],
  endMs: number,
): Promise<ReadonlyMap<AskedVideo, ShownVideo>> {
  const deadline = Date.now() + endMs;
  for (const video of asked) if (video.videoId === undefined) await ask(url, video);
  const shown = new Map<AskedVideo, ShownVideo>();
  for (const video of asked) {
    const last = video.videoId === undefined ? undefined : await endOf(url, video.videoId, deadline);
    if (last !== undefined) shown.set(video, last);
  }
  return shown;
}

async function endOf(url: string, videoId: string, deadline: number): Promise<ShownVideo> {
  for (;;) {
    const now = await show(url, videoId);
    if (now.finished_at !== undefined || Date.now() > deadline) return now;
    await after(200);
  }
}

/** The videos whose link leads to another file. */
export async function wrongLinks(
  shown: ReadonlyMap<AskedVideo, ShownVideo>,
  sha256: string,
): Promise<readonly (string | undefined)[]> {
  const wrong: (string | undefined)[] = [];
  for (const [{ videoId }, { video }] of shown) {
    if (video === undefined) continue;
    const content = Buffer.from(await (await fetch(video.url)).arrayBuffer());
    if (createHash('sha256').update(content).digest('hex') !== sha256) wrong.push(videoId);
  }
  return wrong;
}
