import type { CDPSession, Page } from 'playwright-core';

/** What a tab holds after its garbage was collected. */
export interface Held {
  readonly nodes: number;
  /** Listeners of JavaScript, also those of signals. */
  readonly listeners: number;
  /** The heap of JavaScript. */
  readonly megabytes: number;
}

/** Collects the garbage of a tab and measures what is left. What a call has while it is under way is left too. */
export type Measure = () => Promise<Held>;

export async function createMeasure(page: Page): Promise<Measure> {
  const session = await page.context().newCDPSession(page);
  return () => measureHeld(session);
}

async function measureHeld(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { nodes, listeners: jsEventListeners, megabytes: usedSize / 1_000_000 };
}

const NAMES = ['nodes', 'listeners', 'megabytes'] as const;

export function leastOf(samples: readonly Held[]): Held {
  return combined(samples, Math.min);
}

export function mostOf(samples: readonly Held[]): Held {
  return combined(samples, Math.max);
}

function combined(samples: readonly Held[], choose: (...values: number[]) => number): Held {
  const [nodes = 0, listeners = 0, megabytes = 0] = NAMES.map((name) =>
    choose(...samples.map((each) => each[name])),
  );
  return { nodes, listeners, megabytes };
}
