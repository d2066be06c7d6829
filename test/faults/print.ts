import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../../cli/script-flags.ts';
import { synthesizeBoth } from '../harness/shared-assemblies.ts';
import { SECRETS } from './harness.ts';
import type { Money, Observed, Row } from './row.ts';
import { ROWS } from './rows.ts';
import { startMatrix } from './run.ts';
import { moneyOf, violationsOf } from './violations.ts';

/**
 * `npm run faults`: meets every fault of the matrix and prints what became of the request; exits 1 when a row does not hold.
 */
const { causes: showsCauses, callbacks } = flagsOf({
  name: 'npm run faults',
  flags: {
    causes: { help: 'print the cause of each failure too' },
    callbacks: { help: 'MiniMax calls back when a task changes' },
  },
  summary:
    'Meets every fault of the matrix, and prints what became of each request. Exits 1 when a row does not hold.',
}).values;
const FAULT_WIDTH = 62;
const ENDS_WIDTH = 21;

const results: { readonly row: Row; readonly observed: Observed; readonly violations: readonly string[] }[] =
  [];
console.log(line('phase', 'fault', 'ends', 'creates', 'tasks', 'video', 'money'));
{
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'template-video-faults-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const options = { callbacks, assemblies: await synthesizeBoth(folder) };
  const run = cleanup.use(await startMatrix(ROWS, options));
  for (const row of ROWS) {
    const observed = await run.observe(row);
    const violations = violationsOf(row, observed, SECRETS);
    results.push({ row, observed, violations });
    const { ends, creates, tasks, isStored } = observed;
    console.log(
      line(row.phase, row.fault, ends, creates, tasks, isStored ? 'stored' : '–', moneyOf(observed)),
    );
    if (showsCauses && observed.cause !== '') console.log(`          ${observed.cause}`);
    for (const violation of violations) console.log(`  ✘ ${violation}`);
  }
}
console.log(`\n${totals()}`);
process.exitCode = results.some(({ violations }) => violations.length > 0) ? 1 : 0;

function line(...[phase, fault, ends, creates, tasks, video, money]: readonly (string | number)[]): string {
  return [
    String(phase).padEnd(8),
    String(fault).slice(0, FAULT_WIDTH).padEnd(FAULT_WIDTH),
    String(ends).padEnd(ENDS_WIDTH),
    String(creates).padStart(7),
    String(tasks).padStart(5),
    String(video).padEnd(6),
    money,
  ].join('  ');
}

function totals(): string {
  const count = (money: Money): number =>
    results.filter(({ observed }) => moneyOf(observed) === money).length;
  const sum = (key: 'creates' | 'tasks' | 'acceptable'): number =>
    results.reduce((total, { observed }) => total + observed[key], 0);
  const most = Math.max(...results.map(({ observed }) => observed.acceptable));
  const broken = results.filter(({ violations }) => violations.length > 0).length;
  return [
    `${results.length} faults, ${results.length - broken} as expected, ${broken} not.`,
    `${sum('creates')} creates reached MiniMax, ${sum('acceptable')} of which it could have accepted: ${most} at most for one request.`,
    `${sum('tasks')} tasks were made. ${count('delivered')} videos delivered, ${count('named with its task')} failures name their task,`,
    `${count('named without its task')} say what to look for because no answer named the task, ${count('nothing spent')} cost nothing.`,
  ].join('\n');
}
