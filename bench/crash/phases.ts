import { setTimeout as after } from 'node:timers/promises';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { Simulator } from '../../local/simulator/simulator.ts';

/** What the process is doing when it is killed. */
export interface Phase {
  readonly name: 'start' | 'claim' | 'create' | 'wait' | 'check' | 'copy' | 'anything';
  /** What MiniMax does with the videos of this round. */
  readonly script: Scenario;
  /** Waits for the moment to kill. */
  moment(simulator: Simulator, random: () => number): Promise<void>;
}

/** Longer than any kill lets an answer wait. */
const HELD = { reply: 'whole', afterMs: 8_000 } as const;
const LIMIT_MS = 20_000;
const FAST: Scenario = { queries: ['Processing', 'Success'] };

const soon = async (mostMs: number, random: () => number): Promise<void> => after(random() * mostMs);

/** @throws Error where it does not come to that */
async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}.`);
    await after(2);
  }
}

/** Each is killed in the same number of rounds. */
export const PHASES: readonly Phase[] = [
  {
    name: 'create',
    script: { ...FAST, create: HELD },
    async moment(simulator, random) {
      await until(() => isCreateOpen(simulator), 'a create is open');
      await soon(300, random);
    },
  },
  { name: 'claim', script: FAST, moment: (_simulator, random) => soon(250, random) },
  {
    name: 'check',
    script: { queries: [HELD, 'Success'] },
    async moment(simulator, random) {
      const before = asked(simulator);
      await until(() => asked(simulator) > before, 'a check is open');
      await soon(100, random);
    },
  },
  {
    name: 'copy',
    script: { queries: ['Success'], downloads: ['stalled', 'whole'] },
    async moment(simulator, random) {
      const before = asked(simulator);
      // The copy asks for the link itself.
      await until(() => asked(simulator) > before + 1, 'a copy has asked for its link');
      await soon(300, random);
    },
  },
  { name: 'wait', script: FAST, moment: (_simulator, random) => soon(1_500, random) },
  { name: 'start', script: FAST, moment: (_simulator, random) => soon(100, random) },
  { name: 'anything', script: FAST, moment: (_simulator, random) => soon(4_000, random) },
];

/** Does a create wait for its answer? */
export function isCreateOpen({ answers }: Simulator): boolean {
  return [...answers.values()].includes('open');
}

function asked({ queries }: Simulator): number {
  return [...queries.values()].reduce((sum, times) => sum + times, 0);
}
