import { createHarness, type Harness, type HarnessOptions } from './harness.ts';
import type { Observed, Row } from './row.ts';

export interface MatrixRun extends AsyncDisposable {
  observe(row: Row): Promise<Observed>;
  /** Everything that the functions have printed. */
  log(): string;
}

/** Begins with the rows that wait for real seconds, which run beside the others. Each kind of limits has a harness of its own. */
export async function startMatrix(rows: readonly Row[], options: HarnessOptions): Promise<MatrixRun> {
  await using cleanup = new AsyncDisposableStack();
  const ordinary = cleanup.use(await createHarness(options));
  const harnesses: Harness[] = [ordinary];
  const begun = new Map<Row, Promise<Observed>>();
  for (const [limits, group] of Map.groupBy(rows, (row) => row.limits)) {
    if (limits === undefined) continue;
    const harness = cleanup.use(await createHarness({ ...options, limits }));
    harnesses.push(harness);
    let previous: Promise<unknown> = Promise.resolve();
    for (const row of group) {
      const observed = previous.then(() => harness.observe(row));
      previous = observed.catch(() => undefined);
      begun.set(row, observed);
    }
  }

  const everything = cleanup.move();
  return {
    observe: (row) => begun.get(row) ?? ordinary.observe(row),
    log: () => harnesses.map((harness) => harness.log()).join('\n'),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
