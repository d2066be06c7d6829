import type { FailureName } from '../../lambdas/core/failure.ts';
import type { QueryBehaviour, Script } from '../../local/simulator/script.ts';
import type { FunctionFault } from './function-fault.ts';
import type { Row } from './row.ts';

/** A task that MiniMax has already is taken up: nothing is submitted, whatever happens. */
function adopted(fault: string, script: Script, ends: Row['expected']['ends']): Row {
  const expected = { ends, creates: 0, tasks: 0, isStored: ends === 'succeeded' };
  return { phase: 'adopt', fault, isAdoption: true, scripts: [script], expected };
}

function queried(fault: string, query: QueryBehaviour, ends: Row['expected']['ends']): Row {
  return adopted(fault, { queries: [query, 'Success'] }, ends);
}

/** MiniMax refuses the create for want of balance, and one of ours fails while that is being recorded. */
function recorded(name: string, kind: FunctionFault['kind'], times: number): Row {
  return {
    phase: 'record',
    fault: `${name} ${kind}${times === 1 ? ' once' : ' every time'}`,
    scripts: [{ create: { code: 1008 } }],
    functionFaults: [{ name, kind, times }],
    expected: { ends: 'InsufficientBalance', creates: 1, tasks: 0, isStored: false },
  };
}

/** The execution is started in the console, with this as its input. */
function started(input: unknown, ends: FailureName = 'InvalidRequest'): Row {
  const expected = { ends, creates: 0, tasks: 0, isStored: false };
  return { phase: 'input', fault: `is ${JSON.stringify(input).slice(0, 60)}`, input, expected };
}

export const OTHER_ROWS: readonly Row[] = [
  queried('none', 'Processing', 'succeeded'),
  queried('connection closed in the middle of the answer', { reply: 'cut' }, 'succeeded'),
  queried('code 1002', { code: 1002 }, 'succeeded'),
  queried('code 2013: MiniMax does not know the task', { code: 2013 }, 'InvalidRequest'),
  queried('code 1004', { code: 1004 }, 'ApiKeyRejected'),
  queried('Fail', 'Fail', 'GenerationFailed'),
  adopted(
    'the file is not there, every time',
    { queries: ['Success'], downloads: [{ httpStatus: 404 }] },
    'VideoUnreachable',
  ),
  {
    ...adopted('our function crashes after its work once', { queries: ['Success'] }, 'succeeded'),
    functionFaults: [{ name: 'AdoptTask', kind: 'crashes after its work', times: 1 }],
  },
  {
    ...adopted('our function crashes every time', { queries: ['Success'] }, 'MiniMaxUnavailable'),
    functionFaults: [{ name: 'AdoptTask', kind: 'crashes before it does anything', times: 99 }],
  },
  recorded('RecordFailure', 'crashes after its work', 1),
  recorded('RecordFailure', 'throws before it does anything', 99),
  recorded('RecordFailure', 'has no bucket', 99),
  recorded('VideoFailed', 'is throttled', 1),
  recorded('VideoFailed', 'crashes before it does anything', 99),
  recorded('VideoFailed', 'runs, and the service says that it failed', 1),
  started('hello'),
  started(42),
  started([]),
  started([{ template_id: '1' }]),
  started({}),
  started({ templateId: '393769180141805569' }),
  started({ template_id: 42 }),
  started({ template_id: '393769180141805569', images: [] }),
  started({ template_id: '393769180141805569', media_inputs: [{ value: 'pet.jpg' }] }),
  started({ task_id: 17 }),
  started({ task_id: '17', template_id: '393769180141805569' }),
  started(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`unknown_${index}`, index]))),
];
