import { UsageError } from '../local/user-error.ts';
import type { REINDEX } from './commands.ts';
import type { Values } from './flags.ts';
import { toStackName } from './video-flags.ts';

export interface ReindexFlags {
  readonly stack: string;
  readonly isLocal: boolean;
}

/** @throws UsageError */
export function toReindexFlags({ stack, local }: Values<typeof REINDEX.flags>): ReindexFlags {
  if (local && stack !== undefined)
    throw new UsageError('--local and --stack both say whose table it is; give one of them.');
  return { stack: toStackName(stack), isLocal: local };
}
