import { setTimeout as after } from 'node:timers/promises';
import type { Scenario } from '../../local/simulator/scenario.ts';
import type { Simulator } from '../../local/simulator/simulator.ts';

/** What the process does when it is killed. */
export interface Phase {
  readonly name: 'start' | 'claim' | 'create' | 'wait' | 'check' | 'copy' | 'anything';
  /** Of every video of the round. */
  readonly scenario: Scenario;
  /** Waits for the moment to kill. */
  moment(simulator: Simulator, random: () => number): Promise<void>;
}

/** An answer that is sent after the kill. */
const HELD = { reply: 'whole', afterMs: 8_000 } as const;
const LIMIT_MS = 20_000;
const FAST: Scenario = { queries: ['Processing', 'Success'] };

const soon = async (maxMs: number, random: () => number): Promise<void> => after(random() * maxMs);

/** @throws Error where the condition is not met in time */
async function until(isMet: () => boolean, condition: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!isMet()) {
    if (Date.now() > deadline) throw new Error(`This has not happened: ${condition}.`);
    await after(2);
  }
}

/** The rounds take the phases in turn. */
export const PHASES: readonly Phase[] = [
  {
    name: 'create',
    scenario: { ...FAST, create: HELD },
    async moment(simulator, random) {
      await until(() => isCreateOpen(simulator), 'a create is open');
      await soon(300, random);
    },
  },
  { name: 'claim', scenario: FAST, moment: (_simulator, random) => soon(250, random) },
  {
    name: 'check',
    scenario: { queries: [HELD, 'Success'] },
    async moment(simulator, random) {
      const before = asked(simulator);
      await until(() => asked(simulator) > before, 'a check is open');
      await soon(100, random);
    },
  },
  {
    name: 'copy',
    scenario: { queries: ['Success'], downloads: ['stalled', 'whole'] },
    async moment(simulator, random) {
      const before = asked(simulator);
      // Copy video queries the task for its link.
      await until(() => asked(simulator) > before + 1, 'a copy has asked for its link');
      await soon(300, random);
    },
  },
  { name: 'wait', scenario: FAST, moment: (_simulator, random) => soon(1_500, random) },
  { name: 'start', scenario: FAST, moment: (_simulator, random) => soon(100, random) },
  { name: 'anything', scenario: FAST, moment: (_simulator, random) => soon(4_000, random) },
];

/** Does a create wait for its answer? */
export function isCreateOpen({ answers }: Simulator): boolean {
  return [...answers.values()].includes('open');
}

function asked({ queries }: Simulator): number {
  return [...queries.values()].reduce((sum, times) => sum + times, 0);
}
