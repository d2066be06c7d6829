import type { Checkpoint } from '../../core/download/checkpoint.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import type { Bucket, Labels, StoredObject } from '../aws/bucket.ts';
import type { Measured } from '../aws/measure.ts';
import type { StreamUpload } from '../aws/upload.ts';
import type { Content } from '../aws/upload-parts.ts';
import type { Checkpoints } from './checkpoints.ts';
import { ResumeRejected, type Source } from './connections.ts';
import { type DownloadStats, download } from './download.ts';

export interface CopyProps {
  readonly bucket: Pick<Bucket, 'name' | 'createUpload' | 'findStored' | 'listUploads' | 'abortUploads'>;
  readonly key: string;
  readonly labels: Labels;
  readonly checkpoints: Checkpoints;
  readonly source: Source;
  readonly warn: (error: Error) => undefined;
}

/**
 * Copies the file behind the link into an object. A copy that breaks off leaves its parts in S3 with a note, and the next one
 * goes on from there. An object that was stored for this task before is taken as it is.
 * @throws Failure, or Passing where the next attempt may do better
 */
export async function copyFile(props: CopyProps, signal: AbortSignal): Promise<StoredObject & DownloadStats> {
  const { bucket, key, labels, checkpoints, warn } = props;
  const earlier = await bucket.findStored(key, labels.taskId, signal);
  // One request says for nearly every video that there is nothing to go on with.
  const unfinished = (await bucket.listUploads(key, signal).catch(warn)) ?? [];
  if (earlier !== undefined) {
    await bucket.abortUploads(key, unfinished, signal).catch(warn);
    await checkpoints.clear(signal).catch(warn);
    return { ...earlier, attempts: 0, resumes: 0 };
  }
  const note = unfinished.length > 0 ? await checkpoints.read(signal) : undefined;
  const begun = note !== undefined && unfinished.includes(note.upload.uploadId) ? note : undefined;
  const { measured, isInParts, ...effort } = await copyAll(props, begun, signal);

  const others = unfinished.filter((id) => id !== begun?.upload.uploadId);
  await bucket.abortUploads(key, others, signal).catch(warn);
  // Its upload may have gone by itself, so that the note was not looked for.
  if (isInParts || checkpoints.mayBeThere()) await checkpoints.clear(signal).catch(warn);
  if (measured !== undefined) return { bucket: bucket.name, key, ...measured, ...effort };
  const stored = await bucket.findStored(key, labels.taskId, signal);
  if (stored === undefined) throw new Failure('StorageUnavailable', `The object ${key} is gone again.`);
  return { ...stored, ...effort };
}

/** `measured` is undefined where only the rest of the file was copied now. */
type Copied = DownloadStats & { readonly measured: Measured | undefined; readonly isInParts: boolean };

async function copyAll(
  props: CopyProps,
  begun: Checkpoint | undefined,
  signal: AbortSignal,
): Promise<Copied> {
  const { bucket, key, labels, checkpoints, source } = props;
  let upload: StreamUpload | undefined;
  const store = async (content: Content): Promise<Omit<Copied, keyof DownloadStats>> => {
    await upload?.abortUpload();
    const own = bucket.createUpload(key, labels, content.isRest ? begun?.upload : undefined, () =>
      checkpoints.keepUp(own.stored),
    );
    upload = own;
    const measured = await own.run(content, signal);
    return { measured, isInParts: own.isInParts() };
  };
  try {
    return await download(source, store, signal, begun?.mark);
  } catch (error) {
    const rival = signal.aborted ? undefined : await storedByAnother(props, error, signal);
    if (rival !== undefined) {
      await upload?.abortUpload();
      return rival;
    }
    throw await left(error, { upload, begun, checkpoints, signal });
  }
}

/** Another copy of this video may have finished first, and have taken this one's upload back. */
async function storedByAnother(
  { bucket, key, labels }: CopyProps,
  error: unknown,
  signal: AbortSignal,
): Promise<Copied | undefined> {
  if (!(error instanceof Failure) || error.name !== 'StorageUnavailable') return undefined;
  const measured = await bucket.findStored(key, labels.taskId, signal).catch(() => undefined);
  return measured === undefined ? undefined : { measured, isInParts: true, attempts: 0, resumes: 0 };
}

interface Leaving {
  readonly upload: StreamUpload | undefined;
  readonly begun: Checkpoint | undefined;
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
}

/** Leaves to the next attempt what it can go on with, and takes back the rest. @returns the error with which this one ends */
async function left(error: unknown, { upload, begun, checkpoints, signal }: Leaving): Promise<unknown> {
  const stored = isEndOfFile(error) ? undefined : upload?.stored();
  const isFurther = stored !== undefined && !isSame(stored, begun);
  const isKept = stored !== undefined && (!isFurther || (await checkpoints.leave(stored)));
  if (!isKept) await upload?.abortUpload();
  if (!isKept && !signal.aborted && checkpoints.mayBeThere())
    await checkpoints.clear(signal).catch(() => undefined);
  if (!isKept || !isFurther || !signal.aborted || !(error instanceof Failure)) return error;
  return new RetryableError(
    'VideoUnfinished',
    `${error.message} The next attempt goes on from byte ${stored.mark.bytes}.`,
  );
}

function isSame({ upload, mark }: Checkpoint, begun: Checkpoint | undefined): boolean {
  return upload.uploadId === begun?.upload.uploadId && mark.bytes === begun.mark.bytes;
}

/** Is the file that was begun of no use any more? */
function isEndOfFile(error: unknown): boolean {
  if (error instanceof ResumeRejected || error instanceof RetryableError) return true;
  return error instanceof Failure && error.name === 'VideoRejected';
}
