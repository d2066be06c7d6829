import * as z from 'zod/mini';
import type { ListedVideo } from '../api/response.ts';
import { FAILURES, isFailureName } from '../failure.ts';
import { kindOf, shownField } from '../minimax/request-kind.ts';
import { videoKey } from '../storage-keys.ts';
import { STOP_TITLES, UNEXPECTED_TITLE } from '../video/error.ts';
import { secondsBetween } from '../video/video.ts';
import { templateOf, type VideoEntry } from './entry.ts';

interface Shown {
  /** MiniMax's host, which has its own prices. */
  readonly host: string;
  readonly bucket: string;
  readonly now: Date;
}

/** A video in a list. */
export function toListedVideo(entry: VideoEntry, { host, bucket, now }: Shown): ListedVideo {
  const { video_id, status, created_at, finished_at, task_id, bytes, money_spent, metadata_json, error } =
    entry;
  return {
    video_id,
    status,
    created_at,
    finished_at,
    elapsed_seconds: secondsBetween(
      new Date(created_at),
      finished_at === undefined ? now : new Date(finished_at),
    ),
    ...shownField(entry),
    task_id,
    metadata: toMetadata(metadata_json),
    video: bytes === undefined ? undefined : { s3_uri: `s3://${bucket}/${videoKey(video_id)}`, bytes },
    error: error === undefined ? undefined : { type: error, title: titleOf(error), money_spent },
    cost: { estimated_usd: estimatedUsd(entry, host), money_spent },
  };
}

/** What a video costs in US dollars, or is going to cost. null where no price is known. */
export function estimatedUsd(entry: VideoEntry, host: string): number | null {
  if (entry.estimated_usd !== undefined) return entry.estimated_usd;
  // Another request has paid for an adopted task, and an execution of the console may have no request at all.
  return templateOf(entry) === undefined ? 0 : kindOf(entry).price(entry, host).usd;
}

const metadataSchema = z.record(z.string(), z.unknown());

/** @returns undefined for a text that is no JSON object, which no function has written */
function toMetadata(json = 'null'): ListedVideo['metadata'] {
  try {
    return z.safeParse(metadataSchema, JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

function titleOf(error: string): string {
  if (isFailureName(error)) return FAILURES[error].title;
  const titles: Readonly<Record<string, string>> = STOP_TITLES;
  return titles[error] ?? UNEXPECTED_TITLE;
}
