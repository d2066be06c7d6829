import { setTimeout as after } from 'node:timers/promises';
import { type ListedVideo, NoResponse, Stopped, VideoFailed } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError, UserError } from '../../local/user-error.ts';
import type { Interruption } from '../command.ts';
import { shownCommand } from '../command-line/npm.ts';
import { Interrupted } from '../errors.ts';
import { createProgressLine } from '../make/progress-line.ts';
import { whyNoFile } from '../missing-file.ts';
import { printStatus } from '../print-status.ts';
import { connect, type Service } from '../service/connect.ts';
import { toVideoId, type WhereValues } from '../service/where.ts';
import { readVideos, toLines } from './list.ts';
import { type FilterValues, toListOptions } from './list-options.ts';

interface WatchValues extends FilterValues, WhereValues {
  readonly json: boolean;
}

/** Shows a video until its end, or the list until Ctrl-C. @returns the exit code */
export async function watch(
  given: string | undefined,
  values: WatchValues,
  { signal }: Interruption,
): Promise<number> {
  const { status, template, after: from, before, metadata } = values;
  const isFiltered = [status, template, from, before, metadata].some((flag) => flag !== undefined);
  if (given !== undefined && isFiltered)
    throw new UsageError('The flags from --status to --metadata are for the list, so they go with no ID.');
  if (given === undefined && values.json)
    throw new UsageError('--json needs the ID of a video. For the list as JSON: list --json.');
  const videoId = given && toVideoId('ID', given);
  const service = await connect(values, signal);
  return videoId === undefined
    ? watchList(service, { options: await toListOptions(values, service), signal })
    : watchVideo(videoId, service, values);
}

async function watchVideo(videoId: string, service: Service, { json }: WatchValues): Promise<number> {
  const { client, where } = service;
  const progress = createProgressLine(process.stderr);
  const video = await client
    .wait(videoId, { onProgress: (each) => progress.show(each) })
    .catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error;
      const again = shownCommand('watch', `${videoId} ${where.flags}`);
      throw new Interrupted(`Stopped watching. The video continues. To watch it again: ${again}`, {
        cause: error,
      });
    })
    .finally(() => progress.end());
  if (json) console.log(printableJson(video));
  if (video.video === undefined) throw new VideoFailed(video);
  if (video.video === null) throw new UserError(whyNoFile(video));
  printStatus(`To fetch it: ${shownCommand('make', `--video ${videoId} ${where.flags}`)}`);
  return 0;
}

/** Between two pages of the list. A page costs one call of the API. */
const REFRESH_MS = 5_000;
const SHOWN = 20;

interface WatchedList {
  readonly options: Awaited<ReturnType<typeof toListOptions>>;
  readonly signal: AbortSignal;
}

async function watchList(service: Service, { options, signal }: WatchedList): Promise<number> {
  const screen = createScreen(process.stdout);
  try {
    for (;;) {
      const page = await readVideos(service, options, SHOWN).catch((error: unknown) => {
        if (!(error instanceof NoResponse)) throw error;
        printStatus(`${error.message} It is asked again.`);
        return undefined;
      });
      if (page !== undefined) screen.show(page.videos);
      await after(REFRESH_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const again = shownCommand('watch', service.where.flags);
    throw new Interrupted(`Stopped watching. All videos continue. To watch them again: ${again}`, {
      cause: error,
    });
  }
}

interface Screen {
  show(videos: readonly ListedVideo[]): void;
}

/** On a terminal the whole list each time, and elsewhere a line for each video that is new or has another status. */
export function createScreen(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): Screen {
  const shown = new Map<string, string>();
  return {
    show(videos) {
      const [head = '', ...lines] = toLines(videos);
      if (stream.isTTY) {
        stream.write(`\x1b[H\x1b[2J${[head, ...lines].join('\n')}\n`);
        return;
      }
      for (const [index, { video_id, status }] of videos.entries()) {
        if (shown.get(video_id) !== status) stream.write(`${lines[index]}\n`);
        shown.set(video_id, status);
      }
    },
  };
}
