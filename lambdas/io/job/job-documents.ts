import { Failure } from '../../core/failure.ts';
import { type FoundRecord, parseJobRecord } from '../../core/job/job-record.ts';
import { jobKey } from '../../core/storage-keys.ts';
import type { Bucket } from '../aws/bucket.ts';
import { backoff, type Pause, poll } from '../timing.ts';

/** For a write where another writer was faster, or whose answer was lost. */
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 40;

/** The decision on a document that was read: a new value, which is written with `If-Match`, or a result. */
export type Step<Result> =
  | { readonly write: object; readonly toResult: (version: string) => Result }
  | { readonly result: Result };

interface TransactOptions {
  /** Replaces the first read. @default the document is read */
  readonly first?: FoundRecord;
  /** Ends a call of S3. @default the SDK's own limits */
  readonly toSignal?: () => AbortSignal | undefined;
}

/** The job documents of a bucket. A change is conditional on the version that was read. */
export interface JobDocuments {
  /** @throws Failure `StorageUnavailable`, for a missing grant too */
  read(videoId: string, signal?: AbortSignal): Promise<FoundRecord>;
  /**
   * Reads a document and writes what `decide` makes of it; repeats both where another writer was faster. Where the answer to a
   * write was lost, the next read says whether it was done. So only the last try throws the error of a write.
   * @throws Failure `StorageUnavailable`, and what `decide` throws
   */
  transact<Result>(
    videoId: string,
    decide: (found: FoundRecord) => Step<Result> | Promise<Step<Result>>,
    options?: TransactOptions,
  ): Promise<Result>;
}

export type JobObjects = Pick<Bucket, 'readText' | 'putVersion'>;

/** @param pause between two tries. @default it doubles with each try */
export function createJobDocuments(bucket: JobObjects, pause: Pause = backoff(FIRST_PAUSE_MS)): JobDocuments {
  async function read(videoId: string, signal?: AbortSignal): Promise<FoundRecord> {
    const found = await bucket.readText(jobKey(videoId), signal);
    if (found === undefined) return { kind: 'absent' };
    const record = parseJobRecord(found.text);
    return record === undefined ? { kind: 'unreadable' } : { kind: 'record', record, version: found.version };
  }

  async function transact<Result>(
    videoId: string,
    decide: (found: FoundRecord) => Step<Result> | Promise<Step<Result>>,
    { first, toSignal = () => undefined }: TransactOptions = {},
  ): Promise<Result> {
    const key = jobKey(videoId);
    const work = async (attempt: number): Promise<TryResult<Result>> => {
      const isGiven = attempt === 1 && first !== undefined;
      const found = isGiven ? first : await read(videoId, toSignal());
      const step = await decide(found);
      if ('result' in step) return step;
      const version = found.kind === 'record' ? found.version : undefined;
      return bucket.putVersion(key, step.write, version, toSignal()).then(
        (written) => (written === undefined ? { error: overtaken(key) } : { result: step.toResult(written) }),
        (error: unknown) => ({ error }),
      );
    };
    const isEnough = (outcome: TryResult<Result>) => 'result' in outcome;
    const outcome = await poll(work, { isEnough, attempts: MAX_TRIES, pause });
    if ('result' in outcome) return outcome.result;
    throw outcome.error;
  }

  return { read, transact };
}

/** The result of one try. After an error the document is read again. */
type TryResult<Result> = { readonly result: Result } | { readonly error: unknown };

function overtaken(key: string): Failure {
  return new Failure('StorageUnavailable', `Other writers changed ${key} ${MAX_TRIES} times.`);
}
