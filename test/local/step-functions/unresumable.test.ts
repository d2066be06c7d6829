import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../local/step-functions/engine.ts';
import { openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import { ARN } from '../../harness/engine-client.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const DEFINITION: StateMachineDefinition = { StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } };
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** An engine on unfinished executions with these inputs. The definition of `damaged` is not JSON. */
async function engineOn(inputs: Readonly<Record<string, string>>) {
  const path = join(await temporaryFolder(), 'executions.sqlite');
  const earlier = openExecutionStore(path);
  for (const [name, input] of Object.entries(inputs)) {
    const StartAt = name === 'damaged' ? 'Damaged' : 'Done';
    const definition = { StartAt, States: { [StartAt]: { Type: 'Pass', End: true } } } as const;
    earlier.add({ name, input, startDate: new Date(), status: 'RUNNING', redriveCount: 0 }, definition);
  }
  earlier.close();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE definition SET text = '{' WHERE text LIKE '%Damaged%'`);
  database.close();
  const store = openExecutionStore(path);
  const ends: string[] = [];
  const engine = createEngine({
    stateMachine: { arn: ARN, roleArn: 'arn:aws:iam::000000000000:role/Machine', definition: DEFINITION },
    lambda: { invoke: async () => ({ ok: true, result: '{}' }) },
    store,
    onEvent: ({ name, status }) => {
      if (status !== 'RUNNING') ends.push(`${name} ${status}`);
    },
  });
  onTestFinished(() => {
    engine.suspend();
    store.close();
  });
  return { engine, ends };
}

test('fails an execution that cannot be resumed, with its cause, and continues the others', async () => {
  const { engine, ends } = await engineOn({ damaged: '{}', deep: DEEP, whole: '{}' });
  expect(engine.resume()).toMatchObject([
    { execution: { name: 'damaged' }, failure: expect.stringContaining('SyntaxError') },
    { execution: { name: 'deep' } },
    { execution: { name: 'whole' } },
  ]);
  await expect.poll(() => ends).toHaveLength(3);
  expect(ends.toSorted()).toEqual(['damaged FAILED', 'deep FAILED', 'whole SUCCEEDED']);
  expect(engine.executions.get('damaged')).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    events: [{ id: 1, type: 'ExecutionFailed' }],
  });
  expect(engine.executions.get('deep')).toMatchObject({
    error: 'States.Runtime',
    cause: expect.stringContaining('Maximum call stack size exceeded'),
  });
  expect(engine.resume()).toEqual([]);
});
