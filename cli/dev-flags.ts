import { WrongFlag } from '../local/user-error.ts';
import type { DEV } from './commands.ts';
import { toWholeNumber, type Values } from './flags.ts';

export interface DevFlags {
  readonly port: number;
  readonly doorbell: boolean;
  readonly maxWorkers: number;
}

/** @param isReal whether the real MiniMax answers, which cannot reach this machine. @throws WrongFlag */
export function toDevFlags(values: Values<typeof DEV.flags>, isReal: boolean): DevFlags {
  const { port, doorbell, 'max-workers': maxWorkers } = values;
  if (doorbell && isReal)
    throw new WrongFlag('--doorbell is for the simulated MiniMax, so it does not go with MINIMAX_API_KEY.');
  return {
    port: toWholeNumber('--port', port, { from: 0, to: 65_535 }),
    doorbell,
    maxWorkers: toWholeNumber('--max-workers', maxWorkers, { from: 1, to: 1000 }),
  };
}
