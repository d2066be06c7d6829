import type { JobRecord } from '../../../lambdas/core/job/job-record.ts';
import type { VideoIndex } from '../../../lambdas/io/table/video-index.ts';

/** What becomes of one write into the table. A `late` one is done at a later time, also behind later writes. */
export type WriteFate = 'done' | 'lost' | 'repeated' | 'late';

type Writes = Pick<VideoIndex, 'put'>;

/** The index, of which each write meets its fate. */
export interface UnreliableIndex extends Writes {
  /** Does one of the late writes. @param position among them, counted round */
  deliver(position: number): Promise<void>;
  readonly lateWrites: number;
}

/** @param nextFate of the next write */
export function createUnreliableIndex(index: Writes, nextFate: () => WriteFate): UnreliableIndex {
  const late: (() => Promise<unknown>)[] = [];

  async function meetFate(write: () => Promise<unknown>): Promise<void> {
    const fate = nextFate();
    if (fate === 'late') late.push(write);
    if (fate === 'done' || fate === 'repeated') await write();
    if (fate === 'repeated') await write();
  }

  return {
    async put(record: JobRecord) {
      await meetFate(() => index.put(record));
      return true;
    },
    async deliver(position) {
      const [write] = late.splice(position % Math.max(1, late.length), 1);
      await write?.();
    },
    get lateWrites() {
      return late.length;
    },
  };
}
