import { UsageError } from '../local/user-error.ts';
import { toStackName } from './service/where.ts';

/** The flags of `reindex`, as given. */
export interface ReindexValues {
  readonly stack: string | undefined;
  readonly local: boolean;
  readonly json: boolean;
}

export interface ReindexFlags {
  readonly stack: string;
  readonly isLocal: boolean;
}

/** @throws UsageError */
export function toReindexFlags({ stack, local }: Omit<ReindexValues, 'json'>): ReindexFlags {
  if (local && stack !== undefined)
    throw new UsageError('--local and --stack both say whose table it is; give one of them.');
  return { stack: toStackName(stack), isLocal: local };
}
