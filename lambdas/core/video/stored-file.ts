import type { Video } from '../api/response.ts';
import type { StoredVideo } from '../job/job.ts';

/** A link to the stored object. It needs no credentials until it expires. */
export interface SignedLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** What there is of a file that was stored: a link to it, or the time of its deletion. */
export type StoredFile = SignedLink | { readonly deletedAt: Date };

interface Deletion {
  readonly storedAt: Date;
  /** The setting of this name. Undefined for ever. */
  readonly retentionDays: number | undefined;
  /** When the file was found to be gone. */
  readonly now: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * When a file that is gone was deleted: at the end of its retention where that is past, and otherwise by now. S3 adds the days to the
 * time of the object, and deletes it at the next midnight, UTC, or a little later.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-number-of-days
 */
export function deletedAt({ storedAt, retentionDays, now }: Deletion): Date {
  if (retentionDays === undefined) return now;
  const day = Math.floor(storedAt.getTime() / DAY_MS);
  const end = new Date((day + retentionDays + 1) * DAY_MS);
  return end <= now ? end : now;
}

/** The fields of a video about its file. A video without a stored file has neither. */
export function toFileFields(
  stored: StoredVideo | undefined,
  file: StoredFile | undefined,
): Pick<Video, 'video' | 'deleted_at'> {
  if (stored === undefined || file === undefined) return {};
  if ('deletedAt' in file) return { video: null, deleted_at: file.deletedAt.toISOString() };
  const { bucket, key, bytes, sha256, content_type } = stored;
  return {
    video: {
      url: file.url,
      url_expires_at: file.expiresAt.toISOString(),
      s3_uri: `s3://${bucket}/${key}`,
      bytes,
      sha256,
      content_type,
    },
  };
}
