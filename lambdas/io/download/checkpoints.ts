import { type Checkpoint, parseCheckpoint, toCheckpoint } from '../../core/download/checkpoint.ts';
import type { Bucket } from '../aws/bucket.ts';

/** So short that the function can still say why it stops. */
const SHUTDOWN_GRACE_MS = 700;

/** The note that one attempt to copy a video leaves for the next. */
export interface Checkpoints {
  /** What the attempt before has left; undefined where nobody can go on with it. */
  read(signal: AbortSignal): Promise<Checkpoint | undefined>;
  /** Writes down how far this attempt has come, but only once in a while. */
  keepUp(stored: () => Checkpoint | undefined): void;
  /** Writes it down now. @returns false where nobody could go on with it */
  leave(stored: Checkpoint): Promise<boolean>;
  /** Whether one was found or written. */
  mayBeThere(): boolean;
  /** @throws Error of the SDK */
  clear(signal: AbortSignal): Promise<void>;
}

export interface CopyNotesProps {
  readonly bucket: Pick<Bucket, 'readText' | 'putJson' | 'remove'>;
  readonly key: string;
  readonly taskId: string;
  /** A process that is killed loses what it has copied in so many seconds. */
  readonly everySeconds: number;
  readonly warn: (error: Error) => undefined;
}

export function createCheckpoints({ bucket, key, taskId, everySeconds, warn }: CopyNotesProps): Checkpoints {
  let isThere = false;
  let writtenAt = performance.now();
  let underWay: AbortController | undefined;

  async function write(note: object, signal: AbortSignal): Promise<void> {
    writtenAt = performance.now();
    isThere = true;
    await bucket.putJson(key, note, signal).catch(warn);
  }

  return {
    async read(signal) {
      // One that cannot be read is as good as none: it only saves time.
      const found = await bucket.readText(key, signal).catch(warn);
      if (found === undefined) return undefined;
      isThere = true;
      return parseCheckpoint(found.text, taskId);
    },
    keepUp(stored) {
      if (underWay !== undefined || performance.now() - writtenAt < everySeconds * 1000) return;
      const copied = stored();
      const note = copied === undefined ? undefined : toCheckpoint(taskId, copied);
      if (note === undefined) return;
      const writing = new AbortController();
      underWay = writing;
      void write(note, writing.signal).then(() => {
        underWay = undefined;
      });
    },
    async leave(stored) {
      underWay?.abort();
      const note = toCheckpoint(taskId, stored);
      if (note === undefined) return false;
      await write(note, AbortSignal.timeout(SHUTDOWN_GRACE_MS));
      return true;
    },
    mayBeThere: () => isThere,
    async clear(signal) {
      underWay?.abort();
      await bucket.remove(key, signal);
    },
  };
}
