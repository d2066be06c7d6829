import { setTimeout as after } from 'node:timers/promises';
import type { Video } from '../lambdas/core/answer.ts';
import { EXAMPLE_IMAGE } from '../lambdas/core/template-catalogue.ts';
import { createProgressLine, type ProgressLine } from './client/progress.ts';
import { createVideoClient, RequestRefused, type VideoClient } from './client/video-client.ts';
import { INTERRUPTED, type Interruption, runCommand } from './command.ts';
import { readLocalEnvironment } from './environment.ts';
import { parseVideoFlags, VIDEO_HELP, type VideoFlags } from './flags.ts';
import { prepareOut, shortest } from './out-path.ts';
import { saveVideo } from './save-video.ts';

/** `npm run video`: makes one video with a deployed stack, and downloads it. */
runCommand('npm run video', async (interruption) => {
  const flags = await parseVideoFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(VIDEO_HELP);
    return 0;
  }
  const toPath = await prepareOut(flags.out);
  const client = await connect(flags);
  const videoId = await begin(client, flags);
  const progress = createProgressLine(process.stderr);
  const video = await follow(client, videoId, progress, interruption);
  progress.end();
  if (interruption.hasHappened && video.finished_at === undefined) {
    console.error(`Stopped watching; the video goes on, and is paid for. ${howToFetch(video)}`);
    return INTERRUPTED;
  }
  if (video.video === undefined) {
    console.error(`${video.error?.type ?? 'Unexpected'}: ${video.error?.detail ?? 'There is no video.'}`);
    if (flags.isJson) console.log(JSON.stringify(video, null, 2));
    return 1;
  }
  const path = toPath(video.video_id);
  await saveVideo(video.video, path).catch((cause: Error) => {
    throw new Error(`The video is made but could not be written to ${path}. ${howToFetch(video)}`, { cause });
  });
  console.log(flags.isJson ? JSON.stringify({ ...video, path }, null, 2) : shortest(path));
  return 0;
});

async function connect({ url, stack, key }: VideoFlags): Promise<VideoClient> {
  const { readVideosUrl } = await import('./client/videos-url.ts');
  const { withKey, withSignature } = await import('./client/authorize.ts');
  const videosUrl = url ?? (await readVideosUrl(stack));
  const { awsRegion, hasAwsCredentials } = readLocalEnvironment();
  const authorize =
    key === undefined
      ? withSignature(videosUrl, { hasCredentials: hasAwsCredentials, region: awsRegion })
      : withKey(key);
  return createVideoClient({ videosUrl, authorize, exampleImage: EXAMPLE_IMAGE });
}

/** @returns the id of the video */
async function begin(client: VideoClient, flags: VideoFlags): Promise<string> {
  if (flags.video !== undefined) return flags.video;
  const body = await client.toBody(flags);
  try {
    const { video_id, warnings = [] } = await client.start(body, flags.idempotencyKey);
    for (const warning of warnings) console.error(warning);
    return video_id;
  } catch (error) {
    if (error instanceof RequestRefused && error.status < 500) throw error;
    throw new Error(
      `Nobody knows whether the request was accepted. The same with --idempotency-key ${flags.idempotencyKey} asks again, and is not paid for twice.`,
      { cause: error },
    );
  }
}

async function follow(
  client: VideoClient,
  videoId: string,
  progress: ProgressLine,
  interruption: Interruption,
): Promise<Video> {
  for (;;) {
    const { video, retryAfterSeconds } = await client.look(videoId);
    progress.show(video);
    if (video.finished_at !== undefined || interruption.hasHappened) return video;
    await Promise.race([after(retryAfterSeconds * 1000), interruption.promise]);
  }
}

function howToFetch({ video_id }: Video): string {
  return `To fetch it: npm run video -- --video ${video_id}`;
}
