import { setTimeout as after } from 'node:timers/promises';

/** Lets some time pass, twice as much at each turn, so that those who have met do not meet again. @param turn from 0 on */
export async function growingPause(firstMs: number, turn: number): Promise<void> {
  await after(firstMs * 2 ** turn * (0.5 + Math.random()));
}
