import { Failure } from '../../core/failure.ts';
import { type FoundRecord, parseJobRecord } from '../../core/job/job-record.ts';
import { jobKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';
import { backoff } from '../timing.ts';

/** How often a write is tried where another writer was faster, or where its answer was lost. */
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 20;

/** What comes of reading a document: a change, to be written under the version that was read, or a result. */
export type Step<Result> =
  | { readonly write: object; readonly toResult: (version: string) => Result }
  | { readonly result: Result };

interface Limits {
  /** What is taken as read at first. @default it is read */
  readonly first?: FoundRecord;
  /** Ends a call of S3. @default the SDK's own limits */
  readonly toSignal?: () => AbortSignal | undefined;
}

/** The job documents of a bucket, each changed under the version that was read of it. */
export interface JobDocuments {
  /** @throws Failure `StorageUnavailable`, for a missing grant too */
  read(videoId: string, signal?: AbortSignal): Promise<FoundRecord>;
  /**
   * Reads a document and writes what `decide` makes of it, again and again where another writer was faster. Whether a write
   * whose answer was lost has been done is read from the object, so that its error is thrown only behind the last try.
   * @throws Failure `StorageUnavailable`, and what `decide` throws
   */
  transact<Result>(
    videoId: string,
    decide: (found: FoundRecord) => Step<Result> | Promise<Step<Result>>,
    limits?: Limits,
  ): Promise<Result>;
}

export type JobObjects = Pick<Bucket, 'readText' | 'putVersion'>;

/** @param pause between two tries. @default it grows */
export function createJobDocuments(
  bucket: JobObjects,
  pause: (tries: number) => Promise<void> = (tries) => backoff(FIRST_PAUSE_MS, tries),
): JobDocuments {
  async function read(videoId: string, signal?: AbortSignal): Promise<FoundRecord> {
    const found = await bucket.readText(jobKey(videoId), signal);
    if (found === undefined) return { kind: 'absent' };
    const record = parseJobRecord(found.text);
    return record === undefined ? { kind: 'unreadable' } : { kind: 'record', record, version: found.version };
  }

  /** @returns undefined where the object has to be read. @throws Failure `StorageUnavailable` behind the last try */
  async function write(
    put: () => Promise<string | undefined>,
    key: string,
    tries: number,
  ): Promise<string | undefined> {
    const isLast = tries === MAX_TRIES;
    const written = await put().catch((error: unknown) => {
      if (isLast) throw error;
      return undefined;
    });
    if (written !== undefined) return written;
    if (isLast) throw new Failure('StorageUnavailable', `Others changed ${key} again and again.`);
    await pause(tries);
    return undefined;
  }

  async function transact<Result>(
    videoId: string,
    decide: (found: FoundRecord) => Step<Result> | Promise<Step<Result>>,
    { first, toSignal = () => undefined }: Limits = {},
  ): Promise<Result> {
    let found = first ?? (await read(videoId, toSignal()));
    for (let tries = 1; ; tries += 1) {
      const step = await decide(found);
      if ('result' in step) return step.result;
      const version = found.kind === 'record' ? found.version : undefined;
      const put = () => bucket.putVersion(jobKey(videoId), step.write, version, toSignal());
      const written = await write(put, jobKey(videoId), tries);
      if (written !== undefined) return step.toResult(written);
      found = await read(videoId, toSignal());
    }
  }

  return { read, transact };
}
