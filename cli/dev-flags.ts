import { UsageError } from '../local/user-error.ts';
import { toWholeNumber } from './command-line/whole-number.ts';

/** The flags of `dev`, as given. */
export interface DevValues {
  readonly port: string;
  readonly callbacks: boolean;
  readonly 'max-workers': string;
}

export interface DevFlags {
  readonly port: number;
  readonly callbacks: boolean;
  readonly maxWorkers: number;
}

/** @param isReal whether the real MiniMax answers; it cannot reach this machine. @throws UsageError */
export function toDevFlags(values: DevValues, isReal: boolean): DevFlags {
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
