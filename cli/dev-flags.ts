import { UsageError } from '../local/user-error.ts';
import type { DEV } from './commands.ts';
import { toWholeNumber, type Values } from './flags.ts';

export interface DevFlags {
  readonly port: number;
  readonly callbacks: boolean;
  readonly maxWorkers: number;
}

/** @param isReal whether the real MiniMax answers; it cannot reach this machine. @throws UsageError */
export function toDevFlags(values: Values<typeof DEV.flags>, isReal: boolean): DevFlags {
  const { port, callbacks, 'max-workers': maxWorkers } = values;
  if (callbacks && isReal)
    throw new UsageError(
      '--callbacks is for the simulated MiniMax, so it cannot be used with MINIMAX_API_KEY.',
    );
  return {
    port: toWholeNumber('--port', port, { from: 0, to: 65_535 }),
    callbacks,
    maxWorkers: toWholeNumber('--max-workers', maxWorkers, { from: 1, to: 1000 }),
  };
}
