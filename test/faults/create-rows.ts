import type { FailureName } from '../../lambdas/core/failure.ts';
import type { CreateBehaviour, Reply } from '../../local/simulator/script.ts';
import { API_KEY } from '../running-service.ts';
import type { FunctionFault } from './function-fault.ts';
import type { Expected, Row } from './row.ts';

/** MiniMax's codes by what they mean after a create. */
const BUSY = [1002, 1039, 1041, 2045];
const DOUBTFUL = [1000, 1001, 1013, 1024, 1033];
const REFUSED: readonly (readonly [number, FailureName])[] = [
  [1004, 'ApiKeyRejected'],
  [2049, 'ApiKeyRejected'],
  [1008, 'InsufficientBalance'],
  [1028, 'QuotaExhausted'],
  [1030, 'QuotaExhausted'],
  [2056, 'QuotaExhausted'],
  [2061, 'QuotaExhausted'],
  [1026, 'ContentRejected'],
  [1027, 'ContentRejected'],
  [1042, 'InvalidRequest'],
  [2013, 'InvalidRequest'],
  [500, 'MiniMaxRefused'],
  [4711, 'MiniMaxRefused'],
];
export const EVERY_CODE: readonly number[] = [...BUSY, ...DOUBTFUL, ...REFUSED.map(([code]) => code)];

const HTTP_STATUSES: readonly (readonly [number, FailureName])[] = [
  [401, 'ApiKeyRejected'],
  [403, 'ApiKeyRejected'],
  [400, 'MiniMaxRefused'],
  [404, 'MiniMaxRefused'],
  [413, 'MiniMaxRefused'],
  [422, 'MiniMaxRefused'],
  [302, 'SubmitOutcomeUnknown'],
  [408, 'SubmitOutcomeUnknown'],
  [418, 'SubmitOutcomeUnknown'],
  [500, 'SubmitOutcomeUnknown'],
  [502, 'SubmitOutcomeUnknown'],
  [503, 'SubmitOutcomeUnknown'],
  [504, 'SubmitOutcomeUnknown'],
];

/** As often as `Submit task` is tried when MiniMax stays busy. */
const ALL_SUBMITS = 32;

const DELIVERED: Expected = { ends: 'succeeded', creates: 1, tasks: 1, isStored: true };
const SECOND_TRY: Expected = { ...DELIVERED, creates: 2 };
/** A create was sent, and no more is known; whether MiniMax made a task of it is what `tasks` says. */
const IN_DOUBT: Expected = { ends: 'SubmitOutcomeUnknown', creates: 1, tasks: 1, isStored: false };

function answered(fault: string, create: CreateBehaviour, expected: Expected): Row {
  return { phase: 'create', fault, scripts: [{ create }, { queries: ['Success'] }], expected };
}

function accepted(fault: string, reply: Reply): Row {
  return answered(`accepted, ${fault}`, reply, IN_DOUBT);
}

function refusedWith(ends: FailureName): Expected {
  return { ends, creates: 1, tasks: 0, isStored: false };
}

function ours(kind: FunctionFault['kind'], times: number, expected: Expected): Row {
  const functionFaults = [{ name: 'SubmitTask', kind, times }];
  return { phase: 'create', fault: `our function ${kind}${often(times)}`, functionFaults, expected };
}

export function often(times: number): string {
  return times === 1 ? ' once' : ' every time';
}

export const CREATE_ROWS: readonly Row[] = [
  { phase: 'create', fault: 'none', expected: DELIVERED },
  ...BUSY.map((code) => answered(`code ${code} once`, { code }, SECOND_TRY)),
  answered('HTTP 429 once', { httpStatus: 429 }, SECOND_TRY),
  {
    phase: 'create',
    fault: 'code 1002 for longer than we repeat',
    scripts: Array.from({ length: ALL_SUBMITS }, () => ({ create: { code: 1002 } })),
    expected: { ends: 'MiniMaxBusy', creates: ALL_SUBMITS, tasks: 0, isStored: false },
  },
  ...DOUBTFUL.map((code) => answered(`code ${code}`, { code }, { ...IN_DOUBT, tasks: 0 })),
  ...REFUSED.map(([code, ends]) => answered(`code ${code}`, { code }, refusedWith(ends))),
  ...HTTP_STATUSES.map(([httpStatus, ends]) =>
    answered(`HTTP ${httpStatus}`, { httpStatus }, refusedWith(ends)),
  ),
  answered(
    'key and link echoed in the refusal',
    { code: 1004, message: `no such key: ${API_KEY}, see https://x.example/?Signature=1` },
    refusedWith('ApiKeyRejected'),
  ),
  ...EVERY_CODE.map((code) => accepted(`answered with code ${code} and a task_id`, { reply: 'whole', code })),
  accepted('answered without a task_id', { reply: 'bare' }),
  accepted('answered without a base_resp', { reply: 'unmarked' }),
  accepted('answered with a page', { reply: 'page' }),
  accepted('answered with nothing', { reply: 'empty' }),
  accepted('connection closed after the body', { reply: 'lost' }),
  accepted('connection closed in the middle of the answer', { reply: 'cut' }),
  accepted('connection closed in the middle of an answer without length', { reply: 'chunks' }),
  { ...accepted('answered after our limit', { reply: 'whole', afterMs: 1300 }), isHurried: true },
  answered('connection closed after the headers', 'close after the headers', { ...IN_DOUBT, tasks: 0 }),
  {
    phase: 'create',
    fault: 'connection closed before it was read',
    way: 'closes the first connection unread',
    expected: { ...IN_DOUBT, tasks: 0 },
  },
  { phase: 'create', fault: 'connections refused for a while', way: 'down for a while', expected: DELIVERED },
  {
    phase: 'create',
    fault: 'connections refused for good',
    way: 'down for good',
    expected: { ends: 'MiniMaxBusy', creates: 0, tasks: 0, isStored: false },
  },
  ours('is throttled', 1, DELIVERED),
  ours('is throttled', 99, { ends: 'MiniMaxBusy', creates: 0, tasks: 0, isStored: false }),
  ours('is refused by the service', 1, { ...IN_DOUBT, creates: 0, tasks: 0 }),
  ours('throws before it does anything', 1, { ...IN_DOUBT, creates: 0, tasks: 0 }),
  ours('crashes before it does anything', 1, { ...IN_DOUBT, creates: 0, tasks: 0 }),
  ours('runs, and the service says that it failed', 1, IN_DOUBT),
  ours('crashes after its work', 1, IN_DOUBT),
  { ...ours('runs out of time after its work', 1, IN_DOUBT), isHurried: true },
];
