import type { QueryBehaviour, Scenario } from '../../local/simulator/scenario.ts';
import type { FunctionFault } from './function-fault.ts';
import { ALWAYS, countText, type Expected, named, type Row, refused, variants } from './row.ts';

/** A task that exists at MiniMax is adopted: nothing is submitted, also after a failure. */
function toAdoptedJob(fault: string, script: Scenario, ends: Row['expected']['ends']): Row {
  const isStored = ends === 'succeeded';
  const money = isStored ? 'delivered' : 'named with its task';
  const expected: Expected = { ends, creates: 0, tasks: 0, isStored, money };
  return { phase: 'adopt', fault, isAdoption: true, scripts: [script], expected };
}

function queried(fault: string, query: QueryBehaviour, ends: Row['expected']['ends']): Row {
  return toAdoptedJob(fault, { queries: [query, 'Success'] }, ends);
}

/** MiniMax refuses the create for want of balance, and some of ours fail while that is being recorded. */
function recorded(names: readonly string[], kind: FunctionFault['kind'], times: number): Row {
  return {
    phase: 'record',
    fault: `${names.join(' and ')} ${kind}${countText(times)}`,
    scripts: [{ create: { code: 1008 } }],
    functionFaults: names.map((name) => ({ name, kind, times })),
    expected: refused('InsufficientBalance'),
  };
}

/** The execution is started in the console, with this as its input. */
function started(input: unknown): Row {
  const text = JSON.stringify(input);
  const fault = text.length <= 70 ? `is ${text}` : `is ${text.slice(0, 30)}… (${text.length} characters)`;
  return { phase: 'input', fault, input, expected: refused('InvalidRequest', 0) };
}

/** Our function crashes after a create, and so does the one that is to record it. */
function paid(kind: FunctionFault['kind'], times: number): Row {
  return {
    phase: 'record',
    fault: `SubmitTask crashes after its work, and RecordFailure ${kind}${countText(times)}`,
    functionFaults: [
      { name: 'SubmitTask', kind: 'crashes after its work', times: 1 },
      { name: 'RecordFailure', kind, times },
    ],
    expected: named('SubmitOutcomeUnknown'),
  };
}

function mediaInput(value: string): object {
  return { template_id: '1', media_inputs: [{ value }] };
}

export const OTHER_ROWS: readonly Row[] = [
  queried('none', 'Processing', 'succeeded'),
  ...variants([
    queried('connection closed in the middle of the answer', { reply: 'cut' }, 'succeeded'),
    queried('code 1002', { code: 1002 }, 'succeeded'),
    queried('code 2013 once', { code: 2013 }, 'succeeded'),
    queried('code 1004 once', { code: 1004 }, 'succeeded'),
  ]),
  {
    ...toAdoptedJob(
      'code 2013: MiniMax does not know the task',
      { queries: [{ code: 2013 }] },
      'InvalidRequest',
    ),
    expected: refused('InvalidRequest', 0),
  },
  toAdoptedJob(
    'code 2013 after it had succeeded',
    { queries: ['Success', { code: 2013 }] },
    'InvalidRequest',
  ),
  toAdoptedJob('code 1004', { queries: [{ code: 1004 }] }, 'ApiKeyRejected'),
  queried('Fail', 'Fail', 'GenerationFailed'),
  toAdoptedJob(
    'the file is not there, every time',
    { queries: ['Success'], downloads: [{ httpStatus: 404 }] },
    'VideoUnreachable',
  ),
  {
    ...toAdoptedJob('our function crashes after its work once', { queries: ['Success'] }, 'succeeded'),
    functionFaults: [{ name: 'AdoptTask', kind: 'crashes after its work', times: 1 }],
  },
  {
    ...toAdoptedJob('our function is throttled every time', { queries: ['Success'] }, 'MiniMaxUnavailable'),
    functionFaults: [{ name: 'AdoptTask', kind: 'is throttled', times: ALWAYS }],
  },
  recorded(['RecordFailure'], 'crashes after its work', 1),
  recorded(['RecordFailure'], 'throws before it does anything', ALWAYS),
  recorded(['RecordFailure'], 'has no bucket', ALWAYS),
  recorded(['VideoFailed'], 'is throttled', 1),
  recorded(['VideoFailed'], 'is throttled', ALWAYS),
  recorded(['VideoFailed'], 'runs, and the service says that it failed', 1),
  paid('has no bucket', 1),
  paid('has no bucket', ALWAYS),
  paid('throws before it does anything', ALWAYS),
  {
    ...recorded(['RecordFailure', 'VideoFailed'], 'is throttled', ALWAYS),
    expected: { ...refused('InsufficientBalance'), isUnreported: true },
  },
  {
    ...recorded(['VideoFailed'], 'is throttled', ALWAYS),
    fault: 'VideoFailed is throttled every time, of a task that is paid for',
    scripts: [{ queries: ['Fail'] }],
    expected: named('GenerationFailed'),
  },
  ...variants([
    started('hello'),
    started(42),
    started([]),
    started([{ template_id: '1' }]),
    started({}),
    started({ templateId: '393769180141805569' }),
    started({ template_id: 42 }),
    started({ error: { Error: 'MiniMaxBusy' } }),
    started({ error: { Error: 'x', Cause: 'y' } }),
    started({ template_id: '393769180141805569', images: [] }),
    started(mediaInput('pet.jpg')),
    started(mediaInput('ftp://me:secret@h.example/p.jpg?Signature=mine')),
    started(mediaInput('s3://another/{"a":1}?X-Amz-Signature=mine')),
    started(mediaInput(`s3://another/${'x'.repeat(100_000)}`)),
    started({ template_id: '1', text_inputs: [{ value: 'x'.repeat(250_000) }] }),
    started({ task_id: 17 }),
    started({ task_id: '17', template_id: '393769180141805569' }),
    started(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`unknown_${index}`, index]))),
  ]),
];
