import type { FailureName } from '../../lambdas/core/failure.ts';
import type { CreateBehaviour, Reply } from '../../local/simulator/scenario.ts';
import { API_KEY } from '../harness/running-service.ts';
import {
  ALWAYS,
  delivered,
  type Expected,
  failing,
  inDoubt,
  named,
  type Row,
  refused,
  variants,
} from './row.ts';

/** Every code that MiniMax documents, and two unknown ones, by what they mean after a create. The query rows use them too. */
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
  [401, 'MiniMaxRefused'],
  [403, 'MiniMaxRefused'],
  [407, 'MiniMaxRefused'],
  [400, 'SubmitOutcomeUnknown'],
  [404, 'SubmitOutcomeUnknown'],
  [413, 'SubmitOutcomeUnknown'],
  [422, 'SubmitOutcomeUnknown'],
  [302, 'SubmitOutcomeUnknown'],
  [408, 'SubmitOutcomeUnknown'],
  [418, 'SubmitOutcomeUnknown'],
  [500, 'SubmitOutcomeUnknown'],
  [502, 'SubmitOutcomeUnknown'],
  [503, 'SubmitOutcomeUnknown'],
  [504, 'SubmitOutcomeUnknown'],
];

/** How often `Submit task` is tried when MiniMax stays busy. */
const ALL_SUBMITS = 32;

function answered(fault: string, create: CreateBehaviour, expected: Expected): Row {
  return { phase: 'create', fault, scripts: [{ create }, { queries: ['Success'] }], expected };
}

function accepted(fault: string, reply: Reply, expected = inDoubt({ tasks: 1 })): Row {
  return answered(`accepted, ${fault}`, reply, expected);
}

const ours = failing('create', 'SubmitTask');

const UNKNOWN_TASK = { code: 2013, message: 'invalid params, unknown task_id' };

const OUT_OF_BOUNDS = `no such {"key":"${API_KEY}"}, see https://x.example/?Signature=simulated or https%3A%2F%2Fx.example%3FSignature=simulated at Auth.check (/srv/auth.js:1:2)`;

export const CREATE_ROWS: readonly Row[] = [
  { phase: 'create', fault: 'none', expected: delivered() },
  ...variants(BUSY.map((code) => answered(`code ${code} once`, { code }, delivered(2)))),
  answered('HTTP 429 once', { httpStatus: 429 }, delivered(2)),
  {
    phase: 'create',
    fault: 'code 1002 for longer than we repeat',
    scripts: Array.from({ length: ALL_SUBMITS }, () => ({ create: { code: 1002 } })),
    expected: refused('MiniMaxBusy', ALL_SUBMITS),
  },
  ...variants(DOUBTFUL.map((code) => answered(`code ${code}`, { code }, inDoubt({ tasks: 0 })))),
  ...variants(REFUSED.map(([code, ends]) => answered(`code ${code}`, { code }, refused(ends)))),
  ...variants(
    HTTP_STATUSES.map(([httpStatus, ends]) => answered(`HTTP ${httpStatus}`, { httpStatus }, refused(ends))),
  ),
  answered(
    'key, links, JSON and stack in the refusal',
    { code: 1008, message: OUT_OF_BOUNDS },
    refused('InsufficientBalance'),
  ),
  {
    phase: 'create',
    fault: 'the key is replaced while ours is in use',
    networkFault: 'takes another key, which is stored',
    expected: delivered(),
  },
  ...variants(
    EVERY_CODE.map((code) =>
      accepted(
        `answered with code ${code} and a task_id`,
        { reply: 'whole', code },
        named('SubmitOutcomeUnknown'),
      ),
    ),
  ),
  accepted('answered without a base_resp', { reply: 'unmarked' }, delivered()),
  ...variants([
    accepted('answered without a task_id', { reply: 'bare' }),
    accepted('answered with a page', { reply: 'page' }),
    accepted('answered with nothing', { reply: 'empty' }),
  ]),
  accepted('connection closed after the body', { reply: 'lost' }),
  ...variants([
    accepted('connection closed in the middle of the answer', { reply: 'cut' }, delivered()),
    accepted('connection closed in the middle of an answer without length', { reply: 'chunks' }, delivered()),
  ]),
  accepted('connection closed in the middle of the id', { reply: 'cut', characters: 20 }),
  {
    phase: 'create',
    fault: 'accepted, connection closed behind the id, which MiniMax does not know once',
    scripts: [{ create: { reply: 'cut' }, queries: [UNKNOWN_TASK, 'Success'] }],
    expected: delivered(),
  },
  {
    phase: 'create',
    fault: 'accepted, connection closed behind the id, which MiniMax does not know',
    scripts: [{ create: { reply: 'cut' }, queries: [UNKNOWN_TASK] }],
    expected: named('SubmitOutcomeUnknown'),
  },
  {
    ...accepted('answered after our limit', { reply: 'whole', afterMs: 1300 }),
    limits: 'short create',
  },
  answered('connection closed after the headers', 'close after the headers', inDoubt({ tasks: 0 })),
  {
    phase: 'create',
    fault: 'connection closed before it was read',
    networkFault: 'closes the first connection unread',
    expected: inDoubt({ tasks: 0 }),
  },
  {
    phase: 'create',
    fault: 'connections refused for a while',
    networkFault: 'down for a while',
    expected: delivered(),
  },
  {
    phase: 'create',
    fault: 'connections refused for good',
    networkFault: 'down for good',
    expected: refused('MiniMaxUnreachable', 0),
  },
  ours('is throttled', 1, delivered()),
  ours('is throttled', ALWAYS, refused('MiniMaxBusy', 0)),
  ours('is refused by the service', 1, inDoubt({ tasks: 0, creates: 0 })),
  ours('throws before it does anything', 1, inDoubt({ tasks: 0, creates: 0 })),
  ours('crashes before it does anything', 1, inDoubt({ tasks: 0, creates: 0 })),
  ours('runs, and the service says that it failed', 1, named('SubmitOutcomeUnknown')),
  {
    ...ours('goes on after the service said that it failed', 1, named('SubmitOutcomeUnknown')),
    scripts: [{ create: { reply: 'whole', afterMs: 400 }, queries: ['Success'] }],
  },
  ours('crashes after its work', 1, named('SubmitOutcomeUnknown')),
  ours('runs out of time after its work', 1, named('SubmitOutcomeUnknown')),
];
