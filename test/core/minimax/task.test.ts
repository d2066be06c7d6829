import { describe, expect, test } from 'vitest';
import { Failure, type FailureName } from '../../../lambdas/core/failure.ts';
import { callbackRejection } from '../../../lambdas/core/minimax/callback-rejection.ts';
import { CODES, isErrorCode } from '../../../lambdas/core/minimax/codes.ts';
import { toCreatedTask } from '../../../lambdas/core/minimax/created-task.ts';
import { rejectsKey } from '../../../lambdas/core/minimax/key-rejection.ts';
import type { RequestOutcome } from '../../../lambdas/core/minimax/response.ts';
import { type Task, toTask as toTaskOf } from '../../../lambdas/core/minimax/task.ts';
import { template } from '../../../lambdas/core/minimax/template.ts';
import { toy } from '../../harness/toy-kind.ts';

const toTask = (requestOutcome: RequestOutcome): Task =>
  toTaskOf(requestOutcome, { task_id: '1', kind: template });

const CALLING = { callbackUrl: 'https://x.example/prod/callbacks/1/a-token', hasLinks: true };

const FINE = { status_code: 0, status_msg: 'success' };

function answered(body: unknown, httpStatus = 200, traceId?: string): RequestOutcome {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { outcome: 'answered', httpStatus, text, ...(traceId === undefined ? {} : { traceId }) };
}

function coded(code: number, fields: object = {}): RequestOutcome {
  return answered({ ...fields, base_resp: { status_code: code, status_msg: 'why' } });
}

/** What a reading ends in: the name of its failure, or its value. */
function outcomeOf<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error.name;
    throw error;
  }
}

const BUSY = [1002, 1039, 1041, 2045];
const DOUBTFUL = [1000, 1001, 1013, 1024, 1033];
const KEY = [1004, 2049];
const QUOTA = [1028, 1030, 2056, 2061];
const CONTENT = [1026, 1027];
const INVALID = [1042, 2013];

type CodeRow = readonly [code: number, failure: FailureName];

function coding(codes: readonly number[], failure: FailureName): readonly CodeRow[] {
  return codes.map((code) => [code, failure]);
}

const AFTER_CREATE: readonly CodeRow[] = [
  ...coding(BUSY, 'MiniMaxBusy'),
  ...coding(DOUBTFUL, 'SubmitOutcomeUnknown'),
  ...coding(KEY, 'ApiKeyRejected'),
  ...coding(QUOTA, 'QuotaExhausted'),
  ...coding(CONTENT, 'ContentRejected'),
  ...coding(INVALID, 'InvalidRequest'),
  [1008, 'InsufficientBalance'],
  [500, 'MiniMaxRefused'],
  [9999, 'MiniMaxRefused'],
];

const AFTER_QUERY: readonly CodeRow[] = [
  ...coding(BUSY, 'MiniMaxBusy'),
  ...coding(DOUBTFUL, 'MiniMaxUnavailable'),
  ...coding(KEY, 'ApiKeyRejected'),
  ...coding(CONTENT, 'ContentRejected'),
  ...coding(INVALID, 'InvalidRequest'),
  ...coding(QUOTA, 'MiniMaxUnavailable'),
  [1008, 'MiniMaxUnavailable'],
  [9999, 'MiniMaxUnavailable'],
];

test.each([
  ['a create', AFTER_CREATE],
  ['a query', AFTER_QUERY],
])('the codes after %s here are all that MiniMax documents', (_name, rows) => {
  const codes = Object.keys(CODES).map(Number).filter(isErrorCode);
  expect(rows.map(([code]) => code)).toEqual(expect.arrayContaining(codes));
});

describe('a create', () => {
  test.each(AFTER_CREATE)('answered with code %i is %s', (code, name) => {
    expect(outcomeOf(() => toCreatedTask(coded(code)))).toBe(name);
  });

  test.each([
    [401, 'MiniMaxRefused'],
    [403, 'MiniMaxRefused'],
    [407, 'MiniMaxRefused'],
    [429, 'MiniMaxBusy'],
    [400, 'SubmitOutcomeUnknown'],
    [404, 'SubmitOutcomeUnknown'],
    [413, 'SubmitOutcomeUnknown'],
    [408, 'SubmitOutcomeUnknown'],
    [307, 'SubmitOutcomeUnknown'],
    [500, 'SubmitOutcomeUnknown'],
    [502, 'SubmitOutcomeUnknown'],
    [504, 'SubmitOutcomeUnknown'],
    [200, 'SubmitOutcomeUnknown'],
  ])('answered with HTTP %i and no base_resp is %s', (httpStatus, name) => {
    expect(outcomeOf(() => toCreatedTask(answered('<html>', httpStatus)))).toBe(name);
  });

  test('is judged by its code where there is one, with any HTTP status', () => {
    const body = { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } };
    expect(outcomeOf(() => toCreatedTask(answered(body, 500)))).toBe('InsufficientBalance');
  });

  test.each([
    ['without a task_id', answered({ base_resp: FINE })],
    ['with an empty task_id', answered({ task_id: '', base_resp: FINE })],
    ['without a readable base_resp', answered({ task_id: '1', base_resp: 'fine' })],
    ['without a base_resp beside an HTTP 500', answered({ task_id: '1' }, 500)],
    ['with an id that we cannot use', answered({ task_id: 'vt:1', base_resp: FINE })],
    ['with an object as id', answered({ task_id: { id: 1 }, base_resp: FINE })],
    ['cut off in the middle of its id', answered('{"task_id":"39376918014190')],
    ['cut off in the middle of a number', answered('{"task_id":39376918014190')],
    ['cut off, with its id inside of something else', answered('{"echo":{"task_id":"42"},')],
    ['cut off, with its id in a text', answered('{"base_resp":{"status_msg":"{\\"task_id\\":\\"42\\"}"},')],
    ['cut off, with an empty id', answered('{"task_id":"",')],
    ['cut off, with an id that we cannot use', answered('{"task_id":"vt:1",')],
    ['nested too deep, and whole', answered(`{"task_id":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ])('accepted %s has an unknown outcome', (_name, requestOutcome) => {
    expect(outcomeOf(() => toCreatedTask(requestOutcome))).toBe('SubmitOutcomeUnknown');
  });

  test('accepted without a base_resp is accepted: the HTTP status decides', () => {
    expect(toCreatedTask(answered({ task_id: '1' }))).toEqual({ taskId: '1' });
  });

  test.each([1002, 1004])(
    'rejected with %i beside an id that we cannot use has an unknown outcome',
    (code) => {
      expect(() => toCreatedTask(coded(code, { task_id: 'vt:1' }))).toThrow(
        expect.objectContaining({
          name: 'SubmitOutcomeUnknown',
          message: expect.stringContaining('yet names the task vt:1'),
          taskId: undefined,
        }),
      );
    },
  );

  test('that got no answer has an unknown outcome, and one that was never sent has not', () => {
    const cut = { outcome: 'unanswered', reason: 'ECONNRESET', traceId: 'abc' } as const;
    expect(() => toCreatedTask(cut)).toThrow('(ECONNRESET) (Trace-Id abc).');
    expect(outcomeOf(() => toCreatedTask({ outcome: 'unanswered', reason: 'ECONNRESET' }))).toBe(
      'SubmitOutcomeUnknown',
    );
    expect(outcomeOf(() => toCreatedTask({ outcome: 'never sent', reason: 'slow down' }))).toBe(
      'MiniMaxBusy',
    );
    const unreachable = { outcome: 'unreachable', host: 'api.minimax.io', reason: 'ENOTFOUND' } as const;
    expect(() => toCreatedTask(unreachable)).toThrow(
      expect.objectContaining({
        name: 'MiniMaxUnreachable',
        message: 'No connection to api.minimax.io could be made (ENOTFOUND), so nothing was sent.',
      }),
    );
    expect(outcomeOf(() => toTask(unreachable))).toBe('MiniMaxUnreachable');
  });

  test('gives the task with its Trace-Id', () => {
    const requestOutcome = answered({ task_id: '393769180141900000', base_resp: FINE }, 200, 'abc');
    expect(toCreatedTask(requestOutcome)).toEqual({ taskId: '393769180141900000', traceId: 'abc' });
  });

  test('keeps every digit of an id that comes as a number', () => {
    const requestOutcome = answered('{"task_id":393769180141900001,"base_resp":{"status_code":0}}');
    expect(toCreatedTask(requestOutcome).taskId).toBe('393769180141900001');
  });

  test('that is rejected says code, words and Trace-Id, on one line and without a link', () => {
    const body = {
      base_resp: { status_code: 1004, status_msg: 'login\nfail, see https://x.example/?token=1' },
    };
    expect(() => toCreatedTask(answered(body, 200, 'trace-1'))).toThrow(
      'MiniMax answered the create with code 1004 "login fail, see (link)" (Trace-Id trace-1).',
    );
  });

  test.each([
    ['{"task_id":"42"', 'closed after the id'],
    ['{"task_id":42,', 'a number with something after it'],
    ['{"task_id":"42","base_resp":{"status_code":0,"status_msg":"succ', 'half a base_resp'],
    ['{"task_id":"42","base_resp":{"status_code":', 'no code yet'],
    ['{"base_resp":{"status_code":0},"task_id":"42","trace":"', 'the base_resp first'],
    ['{"task_id":"42"} and a page', 'something after it'],
  ])('that broke off as %s is the task 42, unconfirmed: %s', (text) => {
    const created = { taskId: '42', isUnconfirmed: true };
    expect(toCreatedTask(answered(text))).toEqual(created);
    const received = { httpStatus: 200, text };
    expect(toCreatedTask({ outcome: 'unanswered', reason: 'ECONNRESET', received })).toEqual(created);
  });

  test.each([
    [200, '{"task_id":"42","base_resp":{"status_code":1004,"status_msg":"x'],
    [200, '{"task_id":"42","base_resp":{"status_code":1'],
    [200, '{"base_resp":{"status_code":-1,"status_msg":"x"},"task_id":"42",'],
    [200, '{"base_resp":{"status_code":"1000"},"task_id":"42",'],
    [500, '{"task_id":"42",'],
    [307, '{"task_id":"42",'],
  ])('that broke off with HTTP %i as %s names the task and is not followed', (httpStatus, text) => {
    const received = { httpStatus, text };
    const named = {
      name: 'SubmitOutcomeUnknown',
      taskId: '42',
      message: expect.stringContaining('names the task 42'),
    };
    expect(() => toCreatedTask({ outcome: 'unanswered', reason: 'ECONNRESET', received })).toThrow(
      expect.objectContaining(named),
    );
    expect(() => toCreatedTask({ outcome: 'answered', ...received })).toThrow(expect.objectContaining(named));
  });

  test.each([401, 429, 400])(
    'that broke off in the middle of an id has an unknown outcome, with HTTP %i too',
    (httpStatus) => {
      for (const text of ['{"task_id":"39376', '{"task_id":39376', '{"task_id"']) {
        expect(outcomeOf(() => toCreatedTask(answered(text, httpStatus)))).toBe('SubmitOutcomeUnknown');
        expect(rejectsKey(answered(text, httpStatus), 'create')).toBe(false);
      }
    },
  );

  test('with an id of any other type than text is in doubt', () => {
    for (const id of [{ toString: 1, valueOf: 1 }, [[]], { id: '1' }, true])
      expect(outcomeOf(() => toCreatedTask(coded(1008, { task_id: id })))).toBe('SubmitOutcomeUnknown');
  });

  test('that broke off after a rejection has an unknown outcome: an id may have been to come', () => {
    for (const code of [1002, 1004, 1008, 2013]) {
      const text = `{"base_resp":{"status_code":${code},"status_msg":"x"},`;
      expect(outcomeOf(() => toCreatedTask(answered(text)))).toBe('SubmitOutcomeUnknown');
      expect(rejectsKey(answered(text), 'create')).toBe(false);
      expect(callbackRejection(answered(text.replace('x', 'callback')), CALLING)).toBeUndefined();
    }
  });

  test.each([1000, 1002, 1004, 1008, 4711])(
    'rejected with %i that names a task has an unknown outcome',
    (code) => {
      expect(outcomeOf(() => toCreatedTask(coded(code, { task_id: '42' })))).toBe('SubmitOutcomeUnknown');
    },
  );

  test.each(['0', '000', ''])('rejected beside the task_id "%s" is a rejection: that is no id', (task_id) => {
    expect(outcomeOf(() => toCreatedTask(coded(1008, { task_id })))).toBe('InsufficientBalance');
  });

  test('that is doubtful but names a task says which', () => {
    const doubtful = coded(1000, { task_id: '42' });
    expect(() => toCreatedTask(doubtful)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('yet names the task 42'), taskId: '42' }),
    );
  });
});

describe('a query', () => {
  test.each(AFTER_QUERY)('answered with code %i is %s', (code, name) => {
    expect(outcomeOf(() => toTask(coded(code)))).toBe(name);
  });

  test.each([
    ['Preparing', 'running'],
    ['Processing', 'running'],
    ['processing', 'running'],
    ['Queueing', 'running'],
    ['Fail', 'failed'],
    ['FAILED', 'failed'],
  ])('that says %s means that the task is %s', (word, status) => {
    expect(toTask(answered({ task_id: '1', status: word, base_resp: FINE }))).toEqual({
      status,
      rawStatus: word,
      code: 0,
    });
  });

  test('that says Success gives the link', () => {
    const body = { task_id: '1', status: 'Success', video_url: 'https://cdn.example/v.mp4', base_resp: FINE };
    expect(toTask(answered(body))).toMatchObject({
      status: 'succeeded',
      videoUrl: 'https://cdn.example/v.mp4',
    });
  });

  test.each([
    ['Processing https://x.example/?Signature=1', 'Processing (link)'],
    ['see cdn.example/v.mp4?Expires=9&Signature=1 now', 'see (link) now'],
    ['a\nb\tc', 'a b c'],
    ['x'.repeat(300), `${'x'.repeat(199)}…`],
  ])('keeps links and length out of the word that it hands on: %s', (word, plain) => {
    expect(toTask(answered({ status: word, base_resp: FINE })).rawStatus).toBe(plain);
  });

  test.each([0, 1026, 1027, 4711])('that says Fail with code %i is a failure of the task', (code) => {
    expect(toTask(coded(code, { status: 'Fail' }))).toMatchObject({ status: 'failed', code });
  });

  test.each([
    ['code 1002', coded(1002, { status: 'Fail' }), 'MiniMaxBusy'],
    ['code 1004', coded(1004, { status: 'Fail' }), 'ApiKeyRejected'],
    ['code 1000', coded(1000, { status: 'Fail' }), 'MiniMaxUnavailable'],
    ['HTTP 503', answered({ status: 'fail' }, 503), 'MiniMaxUnavailable'],
    ['HTTP 429', answered({ status: 'fail' }, 429), 'MiniMaxBusy'],
    ['HTTP 401', answered({ status: 'failed' }, 401), 'MiniMaxUnavailable'],
    ['no base_resp and no id: it is not of MiniMax', answered({ status: 'failed' }), 'MiniMaxUnavailable'],
    ['the id of another task', coded(0, { status: 'Fail', task_id: '2' }), 'MiniMaxUnavailable'],
  ])('that says fail beside %s says nothing about the task', (_name, requestOutcome, name) => {
    expect(outcomeOf(() => toTask(requestOutcome))).toBe(name);
  });

  test('that has no base_resp but names the task is read: the HTTP status decides', () => {
    expect(toTask(answered({ task_id: '1', status: 'Processing' }))).toMatchObject({ status: 'running' });
    for (const status of ['Processing', 'error', 'Success'])
      expect(outcomeOf(() => toTask(answered({ status, video_url: 'https://cdn.example/v.mp4' })))).toBe(
        'MiniMaxUnavailable',
      );
  });

  test('that was never sent does not say that MiniMax failed to answer', () => {
    expect(() => toTask({ outcome: 'never sent', reason: 'ECONNREFUSED' })).toThrow(
      'MiniMax could not be asked (ECONNREFUSED).',
    );
  });

  test.each([
    ['Success without a link', answered({ status: 'Success', video_url: '', base_resp: FINE })],
    ['no status', answered({ task_id: '1', base_resp: FINE })],
    ['no readable base_resp', answered({ status: 'Processing', base_resp: 1 })],
    ['no JSON', answered('<html>')],
    ['Success and breaks off', answered('{"status":"Success","video_url":"https://cdn.example/v.mp4",')],
    ['Fail and breaks off', answered('{"status":"Fail","base_resp":{"status_code":0},')],
    ['deep JSON', answered(`{"status":"Fail","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
    ['a deep status', answered(`{"status":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)],
    ['HTTP 503', answered('', 503)],
    ['nothing', { outcome: 'unanswered', reason: 'ECONNRESET' } as const],
    ['no connection', { outcome: 'never sent', reason: 'ENOTFOUND' } as const],
  ])('that gives %s leaves the task as unknown as before', (_name, requestOutcome) => {
    expect(outcomeOf(() => toTask(requestOutcome))).toBe('MiniMaxUnavailable');
  });
});

test.each([
  ['no JSON', '[,'],
  ['JSON that is nested too deep', `${'['.repeat(60_000)}${']'.repeat(60_000)}`],
  ['a text that is never closed', '"'],
])('follows an id that stands whole before %s', (_what, rest) => {
  const text = `{"task_id":"393","trace":{"a":1},"x":${rest},"base_resp":{"status_code":0}}`;
  for (const requestOutcome of [
    { outcome: 'answered', httpStatus: 200, text },
    { outcome: 'unanswered', reason: 'ECONNRESET', received: { httpStatus: 200, text } },
  ] as const)
    expect(toCreatedTask(requestOutcome)).toEqual({ taskId: '393', isUnconfirmed: true });
});

test.each([
  ['invalid params, callback_url does not answer', true],
  ['callback url challenge failed', true],
  ['cannot reach x.example/prod/callbacks/1/…', true],
  ['cannot reach https://x.example/prod/callbacks/1/a-token', true],
  ['回调地址无效', true],
  ['invalid image url', false],
  ['failed to download media_inputs[0]: https://pets.example/callback.png', false],
  ['the url https://pets.example/challenge/cat.jpg cannot be reached', false],
  ['unknown template', false],
])('code 2013 with "%s" is about our callback: %s', (message, isAbout) => {
  const rejected = answered({ base_resp: { status_code: 2013, status_msg: message } });
  expect(callbackRejection(rejected, CALLING) !== undefined).toBe(isAbout);
});

test('takes words about a url for our callback where the request has no other link', () => {
  const rejected = answered({ base_resp: { status_code: 2013, status_msg: 'url unreachable' } });
  expect(callbackRejection(rejected, { ...CALLING, hasLinks: false })).toContain('url unreachable');
  expect(callbackRejection(rejected, CALLING)).toBeUndefined();
});

const error = (type: string, message: string): object => ({
  type: 'error',
  error: { type, message, http_code: '402' },
  request_id: '0a1b',
});

test.each([
  ['bad_request_error', 'invalid params (2013)', 'InvalidRequest', 'InvalidRequest'],
  ['authorized_error', 'login fail (1004)', 'ApiKeyRejected', 'ApiKeyRejected'],
  ['insufficient_balance_error', 'insufficient balance (1008)', 'InsufficientBalance', 'MiniMaxUnavailable'],
  ['unprocessable_entity_error', 'sensitive (1026)', 'ContentRejected', 'ContentRejected'],
  ['rate_limit_error', 'slow down (1002)', 'MiniMaxBusy', 'MiniMaxBusy'],
  ['server_error', 'unknown error (1000)', 'SubmitOutcomeUnknown', 'MiniMaxUnavailable'],
  ['overloaded_error', 'overloaded', 'MiniMaxBusy', 'MiniMaxBusy'],
  ['bad_request_error', '', 'InvalidRequest', 'InvalidRequest'],
  ['authorized_error', 'no code', 'ApiKeyRejected', 'ApiKeyRejected'],
  ['insufficient_balance_error', 'no code', 'InsufficientBalance', 'MiniMaxUnavailable'],
  ['unprocessable_entity_error', 'no code', 'ContentRejected', 'ContentRejected'],
  ['rate_limit_error', 'no code', 'MiniMaxBusy', 'MiniMaxBusy'],
  ['server_error', 'no code', 'SubmitOutcomeUnknown', 'MiniMaxUnavailable'],
  ['bad_request_error', 'the number decides (1008).', 'InsufficientBalance', 'MiniMaxUnavailable'],
  ['server_error', 'upstream failed (5021)', 'SubmitOutcomeUnknown', 'MiniMaxUnavailable'],
  ['server_error', 'maintenance until the end of (2026)', 'SubmitOutcomeUnknown', 'MiniMaxUnavailable'],
  ['some_new_error', 'login fail (1004)', 'ApiKeyRejected', 'ApiKeyRejected'],
])('%s "%s" is %s after a create and %s after a query, under any status', (type, message, create, query) => {
  for (const httpStatus of [200, 400, 401, 402, 404, 429, 500, 502, 529]) {
    const requestOutcome = answered(error(type, message), httpStatus);
    expect(outcomeOf(() => toCreatedTask(requestOutcome))).toBe(create);
    expect(outcomeOf(() => toTask(requestOutcome))).toBe(query);
  }
});

test('the other form is read without its outer type where it names a known type or code', () => {
  const create = (body: object): unknown => outcomeOf(() => toCreatedTask(answered(body, 402)));
  expect(create({ error: { type: 'insufficient_balance_error', message: 'x' } })).toBe('InsufficientBalance');
  expect(create({ error: { message: 'insufficient balance (1008)' } })).toBe('InsufficientBalance');
  expect(create({ error: { type: 'invalid_request_error', message: 'of another service' } })).toBe(
    'SubmitOutcomeUnknown',
  );
});

test('an error of an undocumented type is a rejection under a 4xx only, and is shown', () => {
  const unknown = error('teapot_error', 'short and stout');
  expect(() => toCreatedTask(answered(unknown, 418))).toThrow(
    'MiniMax answered the create with teapot_error "short and stout" (Trace-Id 0a1b).',
  );
  expect(outcomeOf(() => toCreatedTask(answered(unknown, 418)))).toBe('MiniMaxRefused');
  expect(outcomeOf(() => toCreatedTask(answered(unknown, 500)))).toBe('SubmitOutcomeUnknown');
  expect(outcomeOf(() => toCreatedTask(answered(unknown, 200)))).toBe('SubmitOutcomeUnknown');
  expect(outcomeOf(() => toTask(answered(unknown, 404)))).toBe('MiniMaxUnavailable');
});

test('an error in the other form that names a task leaves the outcome open', () => {
  const named = { ...error('rate_limit_error', 'slow down (1002)'), task_id: '42' };
  expect(outcomeOf(() => toCreatedTask(answered(named, 429)))).toBe('SubmitOutcomeUnknown');
});

test('a page without a word of MiniMax is shown by its status and its first words', () => {
  const page = answered('<html><style>p{}</style><h1>Request blocked</h1> by rule 7</html>', 403);
  expect(() => toTask(page)).toThrow('HTTP 403 and no word of MiniMax: "Request blocked by rule 7".');
  expect(() => toTask(answered('', 403))).toThrow('HTTP 403 and no words in its body.');
});

test('a redirect says where it points, without its query', () => {
  const moved: RequestOutcome = {
    outcome: 'answered',
    httpStatus: 307,
    text: '',
    location: 'https://www.minimax.example/login?token=secret',
  };
  const words =
    'HTTP 307 and a redirect to www.minimax.example (https, path /login), with no words in its body.';
  expect(() => toCreatedTask(moved)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(words) }),
  );
  expect(() => toTask(moved)).toThrow(words);
});

test('an answer about another task is not believed, and one whose id has other digits is another', () => {
  for (const status of ['Fail', 'Success', 'Processing'])
    expect(() => toTask(coded(0, { status, task_id: '2', video_url: 'https://cdn.example/v.mp4' }))).toThrow(
      'MiniMax answered about another task, 2.',
    );
  const text = '{"task_id":393769180141900001,"status":"Processing","base_resp":{"status_code":0}}';
  expect(toTaskOf(answered(text), { task_id: '393769180141900001', kind: template }).status).toBe('running');
  expect(outcomeOf(() => toTaskOf(answered(text), { task_id: '393769180141900000', kind: template }))).toBe(
    'MiniMaxUnavailable',
  );
});

test.each([
  [
    'a template',
    template,
    '{"task_id":393769180141900001,"status":"Processing","base_resp":{"status_code":0}}',
  ],
  ['another kind', toy, '{"task":{"id":393769180141900001,"status":"running"}}'],
])('the answer to a query of %s is recognized by an id that comes as a number', (_which, kind, text) => {
  const task = { task_id: '393769180141900001', kind };
  expect(toTaskOf(answered(text), task)).toMatchObject({ status: 'running' });
  expect(outcomeOf(() => toTaskOf(answered(text), { ...task, task_id: '393769180141900002' }))).toBe(
    'MiniMaxUnavailable',
  );
});
