import type { FailureName } from '../../lambdas/core/failure.ts';
import type { QueryBehaviour } from '../../local/simulator/scenario.ts';
import { EVERY_CODE } from './create-rows.ts';
import { delivered, failing, named, type Row, survived, variants } from './row.ts';

/** The codes that end a task when two checks in a row get them. After any other code the task is checked again. */
const BELIEVED_TWICE: readonly (readonly [number, FailureName])[] = [
  [1004, 'ApiKeyRejected'],
  [2049, 'ApiKeyRejected'],
  [1026, 'ContentRejected'],
  [1027, 'ContentRejected'],
  [1042, 'InvalidRequest'],
  [2013, 'InvalidRequest'],
];

/** The fault meets the first check, and the next check finds the task finished. */
function once(fault: string, query: QueryBehaviour, expected = delivered()): Row {
  return { phase: 'query', fault, scripts: [{ queries: [query, 'Success'] }], expected };
}

/** The fault meets the first check and the one that confirms it. */
function twice(fault: string, query: QueryBehaviour, ends: FailureName): Row {
  const scripts = [{ queries: [query, query, 'Success'] }] as const;
  return { phase: 'query', fault: `${fault} twice`, scripts, expected: named(ends) };
}

function always(fault: string, query: QueryBehaviour, ends: FailureName): Row {
  return {
    phase: 'query',
    fault,
    scripts: [{ queries: [query] }],
    limits: 'soon given up',
    expected: named(ends),
  };
}

const ours = failing('query', 'CheckTask');

export const QUERY_ROWS: readonly Row[] = [
  ...variants(EVERY_CODE.map((code) => once(`code ${code}`, { code }))),
  ...variants(BELIEVED_TWICE.map(([code, ends]) => twice(`code ${code}`, { code }, ends))),
  twice('code 1004 with all fields', { reply: 'whole', code: 1004 }, 'ApiKeyRejected'),
  ...variants(
    [400, 401, 403, 404, 407, 408, 418, 429, 500, 502, 503, 504, 302].map((httpStatus) =>
      once(`HTTP ${httpStatus}`, { httpStatus }),
    ),
  ),
  ...variants([
    once('no status', { reply: 'bare' }),
    once('no base_resp', { reply: 'unmarked' }),
    once('a page', { reply: 'page' }),
    once('nothing', { reply: 'empty' }),
    once('connection closed after the headers', { reply: 'lost' }),
    once('connection closed in the middle of the answer', { reply: 'cut' }),
    once('connection closed in the middle of an answer without length', { reply: 'chunks' }),
  ]),
  {
    ...once('answered after our limit', { reply: 'whole', afterMs: 1300 }),
    limits: 'short query',
  },
  once('connections refused for a while', { downForMs: 60 }),
  ...variants([once('an unknown word', 'Queueing'), once('a word in capitals', 'PROCESSING')]),
  once('Success without a link', { status: 'Success', withoutLink: true }),
  ...variants([
    once('Fail', 'Fail', named('GenerationFailed')),
    once('failed, as the callback spells it', 'failed', named('GenerationFailed')),
    once('Fail with code 1026', { status: 'Fail', code: 1026 }, named('ContentRejected')),
    once('Fail with code 1027', { status: 'Fail', code: 1027 }, named('ContentRejected')),
    once('Fail with code 4711', { status: 'Fail', code: 4711 }, named('GenerationFailed')),
    once('Fail with code 1000: an internal error, no word about the task', { status: 'Fail', code: 1000 }),
    once('Fail with code 1002: too busy, no word about the task', { status: 'Fail', code: 1002 }),
    twice('Fail with code 1004: a wrong key', { status: 'Fail', code: 1004 }, 'ApiKeyRejected'),
    once('"fail" of a gateway, with HTTP 503', { status: 'fail', httpStatus: 503 }),
    once('"fail" of a gateway, with HTTP 429', { status: 'fail', httpStatus: 429 }),
  ]),
  once('a link as the word', 'Fail https://cdn.example/v.mp4?Signature=simulated'),
  ...variants([
    always('a task that never finishes', 'Processing', 'GaveUpWaiting'),
    always('MiniMax never answers again', { reply: 'lost', afterMs: 60 }, 'GaveUpWaiting'),
    always('MiniMax is busy for ever', { reply: 'bare', code: 1002, afterMs: 60 }, 'GaveUpWaiting'),
  ]),
  ...survived(ours),
  ours('throws before it does anything', 1, named('MiniMaxUnavailable')),
];
