import { type Checkpoint, parseCheckpoint, toCheckpoint } from '../../core/download/checkpoint.ts';
import type { Bucket } from '../aws/bucket.ts';

/** Leaves the function time to report why it stops. */
const LAST_WRITE_TIMEOUT_MS = 700;

/** `copy.json`: how far an attempt to copy a video came, for the next attempt. It only saves time. */
export interface Checkpoints {
  /** @returns undefined where no attempt can continue */
  read(signal: AbortSignal): Promise<Checkpoint | undefined>;
  /** Writes how far this attempt has come, unless it did so a moment ago. */
  keepUp(stored: () => Checkpoint | undefined): void;
  /** Writes it now. @returns false where no attempt could continue from there */
  writeLast(stored: Checkpoint): Promise<boolean>;
  /** Whether one was found or written. */
  mayExist(): boolean;
  /** @throws Error of the SDK */
  remove(signal: AbortSignal): Promise<void>;
}

export interface CheckpointOptions {
  readonly bucket: Pick<Bucket, 'readText' | 'putJson' | 'remove'>;
  readonly key: string;
  readonly taskId: string;
  /** Between two writes: a process that is killed loses what it has copied since the last. */
  readonly everySeconds: number;
  readonly warn: (error: Error) => undefined;
}

/** One closure, because its functions share what is written and when. */
export function createCheckpoints({
  bucket,
  key,
  taskId,
  everySeconds,
  warn,
}: CheckpointOptions): Checkpoints {
  let exists = false;
  let writtenAt = performance.now();
  let writing: AbortController | undefined;

  async function write(checkpoint: object, signal: AbortSignal): Promise<void> {
    writtenAt = performance.now();
    exists = true;
    await bucket.putJson(key, checkpoint, signal).catch(warn);
  }

  return {
    async read(signal) {
      const found = await bucket.readText(key, signal).catch(warn);
      if (found === undefined) return undefined;
      exists = true;
      return parseCheckpoint(found.text, taskId);
    },
    keepUp(stored) {
      if (writing !== undefined || performance.now() - writtenAt < everySeconds * 1000) return;
      const copied = stored();
      const checkpoint = copied === undefined ? undefined : toCheckpoint(taskId, copied);
      if (checkpoint === undefined) return;
      const own = new AbortController();
      writing = own;
      void write(checkpoint, own.signal).then(() => {
        writing = undefined;
      });
    },
    async writeLast(stored) {
      writing?.abort();
      const checkpoint = toCheckpoint(taskId, stored);
      if (checkpoint === undefined) return false;
      await write(checkpoint, AbortSignal.timeout(LAST_WRITE_TIMEOUT_MS));
      return true;
    },
    mayExist: () => exists,
    async remove(signal) {
      writing?.abort();
      await bucket.remove(key, signal);
    },
  };
}
