import type { Checkpoint } from '../../core/download/checkpoint.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import type { Bucket } from '../aws/bucket.ts';
import type { Measured } from '../aws/hashing.ts';
import type { StreamUpload } from '../aws/upload.ts';
import type { Content } from '../aws/upload-parts.ts';
import type { Labels, StoredObject } from '../aws/video-objects.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Source } from './connections.ts';
import { type DownloadStats, download } from './download.ts';
import { ResumeRejected } from './range-request.ts';

export interface CopyOptions {
  readonly bucket: Pick<Bucket, 'name' | 'createUpload' | 'findStored' | 'listUploads' | 'abortUploads'>;
  readonly key: string;
  readonly labels: Labels;
  readonly checkpoints: Checkpoints;
  readonly source: Source;
  readonly warn: (error: Error) => undefined;
}

/**
 * Copies the file of the link into an object. A copy that breaks off leaves its parts in S3 with a checkpoint, from which the
 * next copy continues. An object that was stored for this task before is kept.
 * @throws Failure, or RetryableError where the next attempt may succeed
 */
export async function copyFile(
  options: CopyOptions,
  signal: AbortSignal,
): Promise<StoredObject & DownloadStats> {
  const { bucket, key, labels, checkpoints, warn } = options;
  const earlier = await bucket.findStored(key, labels.taskId, signal);
  // For most videos this one request says that there is nothing to continue.
  const unfinished = (await bucket.listUploads(key, signal).catch(warn)) ?? [];
  if (earlier !== undefined) {
    await bucket.abortUploads(key, unfinished, signal).catch(warn);
    await checkpoints.remove(signal).catch(warn);
    return { ...earlier, attempts: 0, resumes: 0 };
  }
  const found = unfinished.length > 0 ? await checkpoints.read(signal) : undefined;
  const previous = found !== undefined && unfinished.includes(found.upload.uploadId) ? found : undefined;
  const { measured, isInParts, ...stats } = await copyAll(options, previous, signal);

  const others = unfinished.filter((id) => id !== previous?.upload.uploadId);
  await bucket.abortUploads(key, others, signal).catch(warn);
  // Where the upload was gone already, its checkpoint was not read.
  if (isInParts || checkpoints.mayExist()) await checkpoints.remove(signal).catch(warn);
  if (measured !== undefined) return { bucket: bucket.name, key, ...measured, ...stats };
  const stored = await bucket.findStored(key, labels.taskId, signal);
  if (stored === undefined) throw new Failure('StorageUnavailable', `The object ${key} is gone again.`);
  return { ...stored, ...stats };
}

/** `measured` is undefined where only the rest of the file was copied now. */
type Copied = DownloadStats & { readonly measured: Measured | undefined; readonly isInParts: boolean };

async function copyAll(
  options: CopyOptions,
  previous: Checkpoint | undefined,
  signal: AbortSignal,
): Promise<Copied> {
  const { bucket, key, labels, checkpoints, source } = options;
  let upload: StreamUpload | undefined;
  const store = async (content: Content): Promise<Omit<Copied, keyof DownloadStats>> => {
    await upload?.abortUpload();
    const own = bucket.createUpload(key, labels, content.isRest ? previous?.upload : undefined, () =>
      checkpoints.keepUp(own.stored),
    );
    upload = own;
    const measured = await own.run(content, signal);
    return { measured, isInParts: own.isInParts() };
  };
  try {
    return await download(source, store, signal, previous?.mark);
  } catch (error) {
    const other = signal.aborted ? undefined : await storedByAnother(options, error, signal);
    if (other !== undefined) {
      await upload?.abortUpload();
      return other;
    }
    throw await toFinalError(error, { upload, previous, checkpoints, signal });
  }
}

/** Another copy of this video may have finished first, and have aborted this upload. */
async function storedByAnother(
  { bucket, key, labels }: CopyOptions,
  error: unknown,
  signal: AbortSignal,
): Promise<Copied | undefined> {
  if (!(error instanceof Failure) || error.name !== 'StorageUnavailable') return undefined;
  const measured = await bucket.findStored(key, labels.taskId, signal).catch(() => undefined);
  return measured === undefined ? undefined : { measured, isInParts: true, attempts: 0, resumes: 0 };
}

interface BrokenCopy {
  readonly upload: StreamUpload | undefined;
  readonly previous: Checkpoint | undefined;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
}

/** Keeps the upload if the next attempt can continue it, and aborts it otherwise. @returns the error of this attempt */
async function toFinalError(
  error: unknown,
  { upload, previous, checkpoints, signal }: BrokenCopy,
): Promise<unknown> {
  const stored = isEndOfFile(error) ? undefined : upload?.stored();
  const isFurther = stored !== undefined && !isSame(stored, previous);
  const isKept = stored !== undefined && (!isFurther || (await checkpoints.writeLast(stored)));
  if (!isKept) await upload?.abortUpload();
  if (!isKept && !signal.aborted && checkpoints.mayExist())
    await checkpoints.remove(signal).catch(() => undefined);
  if (!isKept || !isFurther || !signal.aborted || !(error instanceof Failure)) return error;
  return new RetryableError(
    'VideoUnfinished',
    `${error.message} The next attempt continues from byte ${stored.mark.bytes}.`,
  );
}

function isSame({ upload, mark }: Checkpoint, previous: Checkpoint | undefined): boolean {
  return upload.uploadId === previous?.upload.uploadId && mark.bytes === previous.mark.bytes;
}

/** Whether no later attempt can use the stored parts. */
function isEndOfFile(error: unknown): boolean {
  if (error instanceof ResumeRejected || error instanceof RetryableError) return true;
  return error instanceof Failure && error.name === 'VideoRejected';
}
