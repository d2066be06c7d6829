import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFaultyAssembly } from '../faults/faulty-assembly.ts';
import {
  type RunningService,
  serve,
  synthesizeForSimulator,
  visitedStates,
} from '../harness/running-service.ts';

/** The service with functions that Lambda never starts. */
const services = new AsyncDisposableStack();
let running: RunningService;
let faultFile: string;
beforeAll(async () => {
  const stack = await synthesizeForSimulator({ visibility: 'everyone' });
  services.defer(() => stack.stop());
  const folder = join(stack.folder, 'faulty');
  const assembly = join(folder, 'cdk.out');
  faultFile = join(folder, 'faults.json');
  const { simulator } = stack;
  const objectFolder = join(folder, 'objects');
  await writeFaultyAssembly({
    assembly: stack.assembly,
    folder: assembly,
    faultFile,
    objectFolder,
  });
  running = await serve({ simulator, folder, assembly });
  services.defer(() => running.stop());
});
afterAll(() => services.disposeAsync());

/** More than the workflow repeats. */
const TIMES = 100;

const BROKEN = {
  nothing: [],
  'Record failure': ['RecordFailure'],
  'Video failed': ['VideoFailed'],
  'Record failure and Video failed': ['RecordFailure', 'VideoFailed'],
} as const;

const INPUTS = [
  'hello',
  ['a list'],
  17,
  true,
  {},
  { error: 'of its own' },
  { error: { Error: 'X', Cause: 'Y' } },
];

const ROWS = Object.entries(BROKEN).flatMap(([what, functions]) =>
  INPUTS.map((input) => [JSON.stringify(input), what, functions, input] as const),
);

test.each(ROWS)(
  'an execution that is started with %s ends as InvalidRequest, also when %s cannot run',
  async (...row) => {
    const [, , functions, input] = row;
    const faults = functions.map((name) => ({ name, kind: 'is throttled', times: TIMES }));
    await writeFile(faultFile, JSON.stringify(faults));
    const execution = await running.execute(input);
    const last = functions.includes('VideoFailed' as never) ? 'Fail execution' : 'Video failed';
    expect(visitedStates(execution)).toEqual([
      ...['Task given?', 'Reject input', 'Record failure', 'Video failed'],
      ...(last === 'Video failed' ? [] : [last]),
    ]);
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'InvalidRequest',
      cause: expect.stringMatching(/^The execution's input is (wrong|no request): /),
    });
    expect(running.simulator.creates).toEqual([]);
    expect((await running.get(execution.name)).error).toMatchObject({
      type: 'InvalidRequest',
      money_spent: 'no',
    });
  },
);

test.each(Object.entries(BROKEN))(
  'a failure after the create keeps its name when %s cannot run, and the answer names the task',
  async (_what, functions) => {
    const faults = functions.map((name) => ({ name, kind: 'is throttled', times: TIMES }));
    await writeFile(faultFile, JSON.stringify(faults));
    const taskId = running.simulator.makeTask({ queries: ['Fail'] });
    const execution = await running.execute({ task_id: taskId });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'GenerationFailed' });
    const { error } = await running.get(execution.name);
    expect(error).toMatchObject({ type: 'GenerationFailed', money_spent: 'maybe' });
    expect(error?.detail).toContain(taskId);
  },
);
