import type { RetryKind, Video } from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import type { Interruption } from '../command.ts';
import { shownCommand } from '../command-line/npm.ts';
import { whyNoFile } from '../missing-file.ts';
import { connect } from '../service/connect.ts';
import { toVideoId, type WhereValues } from '../service/where.ts';
import { toColumns } from './text-table.ts';

interface ShowValues extends WhereValues {
  readonly json: boolean;
}

/** Prints all that is known of a video. @returns the exit code */
export async function show(given: string, values: ShowValues, { signal }: Interruption): Promise<number> {
  const videoId = toVideoId('ID', given);
  const { client, where } = await connect(values, signal);
  const video = await client.get(videoId);
  if (values.json) console.log(printableJson(video));
  else for (const line of toLines(video, where.flags)) console.log(line);
  return 0;
}

/** @param flags that name the service in another command */
export function toLines(video: Video, flags: string): readonly string[] {
  const fields = Object.entries(video).flatMap(([name, value]) => toRows(name, value));
  return [...toColumns(fields), ...nextStep(video, flags)];
}

function toRows(name: string, value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  if (name === 'metadata') return [[name, JSON.stringify(value)]];
  return Object.entries(value).map(([inner, text]) => [`${name}.${inner}`, String(text)]);
}

/** What a person may do next. */
function nextStep(video: Video, flags: string): readonly string[] {
  const { video_id, finished_at, error, task_id } = video;
  if (finished_at === undefined) return ['', `To watch it: ${shownCommand('watch', `${video_id} ${flags}`)}`];
  if (video.video === null) return ['', whyNoFile(video)];
  if (video.video !== undefined)
    return ['', `To fetch it: ${shownCommand('make', `--video ${video_id} ${flags}`)}`];
  if (error === undefined) return [];
  if (error.retry === 'adopt' && task_id !== undefined)
    return ['', `To fetch the video of its task: ${shownCommand('adopt', `${task_id} ${flags}`)}`];
  return ['', ADVICE[error.retry]];
}

const ADVICE: Readonly<Record<RetryKind, string>> = {
  same_key: 'What to do: send the same request again with its idempotency key.',
  new_request: 'What to do: correct what the cause names, and make a new video.',
  adopt: 'What to do: adopt its task.',
  never:
    'What to do: a person has to check first what happened at MiniMax. Do not send the request again before.',
};
