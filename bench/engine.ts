import { join } from 'node:path';
import { StateMachine } from 'aws-local-stepfunctions';
import { createEngine } from '../local/step-functions/engine.ts';
import { openExecutionStore } from '../local/step-functions/execution-store.ts';
import { synthesize } from '../local/synthesize.ts';
import { readDeployment } from '../local/template/deployment.ts';
import { millisecondsOf, ratio, type Table } from './measure.ts';

const EXECUTIONS = 1000;
const INPUT = '{"template_id":"393769180141805569"}';

/** The answer of every handler: a task that has succeeded at the first check. */
const JOB = {
  task: { task_id: '1' },
  wait_seconds: 0,
  check: { status: 'succeeded' },
  error: { Error: 'x', Cause: 'y' },
};

/** Executions a second of the synthesized definition with instant handlers: on the library alone, and on `createEngine`. */
export async function measureEngine(folder: string, executions = EXECUTIONS): Promise<Table> {
  const assembly = join(folder, 'engine');
  await synthesize(assembly, {});
  const { stateMachine } = await readDeployment(assembly);
  const bare = await executionsASecond(executions, () => bareExecution(stateMachine.definition));
  const inMemory = await executionsASecond(executions, storedExecution(stateMachine));
  const store = openExecutionStore(join(folder, 'executions.sqlite'));
  const onDisk = await executionsASecond(executions, storedExecution(stateMachine, store));
  store.close();
  return {
    title: `Embedded engine, ${executions} executions of 7 states, one after the other, with instant handlers`,
    rows: [
      { engine: 'aws-local-stepfunctions alone', 'executions/s': Math.round(bare), ratio: '1.00' },
      {
        engine: 'with names, histories and statuses, in memory',
        'executions/s': Math.round(inMemory),
        ratio: ratio(inMemory, bare),
      },
      {
        engine: 'with these on disk before each function is invoked',
        'executions/s': Math.round(onDisk),
        ratio: ratio(onDisk, bare),
      },
    ],
  };
}

async function executionsASecond(executions: number, execute: () => Promise<void>): Promise<number> {
  for (let count = 0; count < executions / 10; count += 1) await execute();
  const milliseconds = await millisecondsOf(async () => {
    for (let count = 0; count < executions; count += 1) await execute();
  });
  return (executions / milliseconds) * 1000;
}

async function bareExecution(definition: ConstructorParameters<typeof StateMachine>[0]): Promise<void> {
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const tasks = Object.keys(definition.States);
  await machine.run(JSON.parse(INPUT), {
    context: {
      Execution: { Id: 'bench', Name: 'bench', StartTime: '2026-11-27T00:00:00Z', RedriveCount: 0 },
      State: { RetryCount: 0 },
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(tasks.map((name) => [name, () => JOB])),
      waitTimeOverrides: { Wait: 0 },
    },
  }).result;
}

function storedExecution(
  stateMachine: Awaited<ReturnType<typeof readDeployment>>['stateMachine'],
  store = openExecutionStore(':memory:'),
): () => Promise<void> {
  let finished = Promise.withResolvers<void>();
  let count = 0;
  const engine = createEngine({
    stateMachine,
    store,
    lambda: { invoke: async () => ({ ok: true, result: JSON.stringify(JOB) }) },
    pauseMs: 0,
    onEvent: (_execution, { type }) => {
      if (type === 'ExecutionSucceeded') finished.resolve();
    },
  });
  return () => {
    finished = Promise.withResolvers();
    count += 1;
    engine.start(`bench-${count}`, INPUT);
    return finished.promise;
  };
}
