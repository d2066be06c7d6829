import { expect } from 'vitest';
import { jpegOf, pngOf, toDataUrl } from '../harness/images.ts';
import { REQUEST } from '../harness/running-service.ts';
import type { ApiRequest } from './api-caller.ts';

/** The videos that the rows ask for. */
export interface Videos {
  readonly ready: string;
  readonly failed: string;
  readonly running: string;
  /** One more that runs, to be cancelled. */
  readonly stoppable: string;
  readonly bucket: string;
}

/** One request and what it is answered with; `starts` counts the executions that it begins. */
export interface Row {
  readonly name: string;
  readonly request: (videos: Videos, base: string) => ApiRequest;
  readonly status: number;
  /** Of a problem, the end of its type. */
  readonly problem?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly starts?: number;
}

export const JSON_HEADERS = { 'Content-Type': 'application/json' };
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const UNKNOWN_TEMPLATE = '1';
const BAD_IMAGES: readonly (readonly [string, string, string])[] = [
  ['is too small', toDataUrl(pngOf(300, 400)), 'its short side must have more than 300'],
  ['is too long', toDataUrl(pngOf(301, 753)), 'its shape must be from 2:5 to 5:2'],
  ['is a PDF', toDataUrl(Buffer.from('%PDF-1.7 and so on')), 'is not a JPEG, PNG or WebP image'],
  ['is cut off', toDataUrl(pngOf(400, 400).subarray(0, 14)), 'its width and height cannot be read'],
  ['lies in another bucket', 's3://another/uploads/x', 'must be under uploads/ in the bucket'],
  ['is a file of this machine', 'pet.jpg', 'must be an http(s) URL'],
  ['has a character that is not base64', 'data:image/png;base64,iVBO*', 'has "*" as character 5'],
  ['is cut off within its base64', 'data:image/png;base64,iVBOR', 'is cut off'],
  ['has padding in its middle', 'data:image/png;base64,iVBO=iVB', 'has a "=" within its base64'],
  ['has a broken escape', 'data:image/png,%89PNG%0', 'has a "%" without two hexadecimal digits'],
  ['has no ;base64', toDataUrl(pngOf(400, 400)).replace(';base64', ''), 'has no ";base64" before its comma'],
  ['has no comma', 'data:image/png;base64', 'without a comma'],
  ['has no data', 'data:image/png;base64,', 'without data'],
  ['is large and has a wrong character', `data:;base64,${'A'.repeat(300_000)}*`, 'as character 300001'],
  ['is named as in job.json', 'data:image/png (inline, 3 bytes, SHA-256 00)', 'has no ";base64"'],
];

const JPEG = jpegOf(400, 400);
const BASE64 = JPEG.toString('base64');
/** Each is the same image. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['plainly', `data:image/jpeg;base64,${BASE64}`],
  ['with parameters', `data:image/jpeg;charset=utf-8;name=pet.jpg;base64,${BASE64}`],
  ['in lines of 76', `data:image/jpeg;base64,${BASE64.replaceAll(/.{76}/g, '$&\n')}\n`],
  ['in the alphabet of URLs, without padding', `data:image/jpeg;base64,${JPEG.toString('base64url')}`],
  ['percent-encoded', `data:image/jpeg;base64,${encodeURIComponent(BASE64)}`],
  ['as percent-encoded bytes', `data:image/jpeg,${JPEG.toString('hex').replaceAll(/../g, '%$&')}`],
  ['in capitals, without a media type', `DATA:;BASE64,${BASE64}`],
  ['as octets', `data:application/octet-stream;base64,${BASE64}`],
];

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Row['request'] {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const text = sent as NonNullable<ApiRequest['body']>;
  return () => ({ method: 'POST', path: '/videos', headers: { ...JSON_HEADERS, ...headers }, body: text });
}

/** JSON with these bytes in the place of the `@`. */
function bytes(json: string, ...wrong: readonly number[]): Buffer<ArrayBuffer> {
  const [before = '', after = ''] = json.split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from(wrong), Buffer.from(after)]);
}

const TEXT_JSON = '{"template_id":"1","text_inputs":[{"value":"L@we"}]}';
const NOT_UTF8: readonly (readonly [string, Buffer<ArrayBuffer>, string])[] = [
  ['Latin-1', bytes(TEXT_JSON, 0xf6), 'the byte 0xf6 at offset 45'],
  ['an overlong encoding', bytes(TEXT_JSON, 0xc1, 0xb6), 'the byte 0xc1 at offset 45'],
  [
    'surrogates as CESU-8 has them',
    bytes(TEXT_JSON, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
    '0xed at offset 45',
  ],
  ['a truncated sequence', bytes(TEXT_JSON, 0xe2, 0x82), 'the byte 0xe2 at offset 45'],
  ['a wrong byte in a name', bytes('{"template_id":"1","metadata":{"L@we":1}}', 0xf6), '0xf6 at offset 33'],
  ['a wrong byte at its end', bytes('{"template_id":"1"}@', 0xe2), 'the byte 0xe2 at offset 19'],
  ['UTF-16 with its mark', Buffer.from(`\ufeff${TEXT_JSON}`, 'utf16le'), 'the body begins like UTF-16'],
  ['UTF-16', Buffer.from(TEXT_JSON, 'utf16le'), 'is UTF-16 or UTF-32; send it in UTF-8'],
];

function upload(body: unknown): Row['request'] {
  return () => ({ method: 'POST', path: '/uploads', headers: JSON_HEADERS, body: JSON.stringify(body) });
}

function get(path: string | ((videos: Videos) => string), query?: string): Row['request'] {
  return (videos) => ({
    method: 'GET',
    path: typeof path === 'string' ? path : path(videos),
    ...(query === undefined ? {} : { query }),
  });
}

function refused(
  name: string,
  request: Row['request'],
  [status, problem]: readonly [number, string],
  body: object = {},
): Row {
  return { name, request, status, problem, body };
}

const BAD: readonly [number, string] = [400, 'bad-request'];
const FORMS = {
  pointed: (pointer: string, detail: string) => ({
    errors: expect.arrayContaining([{ pointer, detail: expect.stringContaining(detail) }]),
  }),
  said: (detail: string) => ({ detail: expect.stringContaining(detail) }),
};

export const ROWS: readonly Row[] = [
  {
    name: 'POST /videos starts a video',
    request: post({ ...REQUEST, metadata: { order: 17 } }),
    status: 202,
    starts: 1,
    headers: { location: expect.stringMatching(/^(\/prod)?\/videos\/[0-9a-f-]{36}$/), 'retry-after': '3' },
    body: {
      video_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
      status: 'queued',
      created_at: TIME,
      elapsed_seconds: 0,
      template_id: REQUEST.template_id,
      metadata: { order: 17 },
    },
  },
  {
    name: 'POST /videos warns of a template that nobody knows',
    request: post({ template_id: UNKNOWN_TEMPLATE }),
    status: 202,
    starts: 1,
    body: {
      warnings: [expect.stringContaining('Template 1 is not among those known of https://api.minimax')],
    },
  },
  {
    name: 'POST /videos adopts a task',
    request: post({ task_id: '393769180141999999' }),
    status: 202,
    starts: 1,
    body: { status: 'queued' },
  },
  {
    name: 'POST /videos takes JSON of any spelling and charset',
    request: () => ({
      method: 'POST',
      path: '/videos',
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
      body: '{"template_id":"1"}',
    }),
    status: 202,
    starts: 1,
  },
  {
    name: 'POST /videos takes a value of POST /uploads without looking at it',
    request: (videos, base) =>
      post({ ...REQUEST, media_inputs: [{ value: `s3://${videos.bucket}/uploads/pet` }] })(videos, base),
    status: 202,
    starts: 1,
  },
  ...SPELLINGS.map(
    ([how, value]): Row => ({
      name: `POST /videos takes an inline image ${how}`,
      request: (videos, base) => post({ template_id: '1', media_inputs: [{ value }] })(videos, base),
      status: 202,
      starts: 1,
    }),
  ),
  {
    name: 'POST /videos ignores a byte order mark',
    request: post('\ufeff{"template_id":"1"}'),
    status: 202,
    starts: 1,
  },
  {
    name: 'POST /videos ignores a byte order mark in bytes',
    request: post(Buffer.from('\ufeff{"template_id":"1","text_inputs":[{"value":"Löwe 😀"}]}')),
    status: 202,
    starts: 1,
  },
  {
    name: 'POST /videos keeps numbers whose value is kept',
    request: post('{"template_id":"1","metadata":{"a":1.0,"b":1e2,"c":-0,"d":1e20,"e":0.1,"f":1e-7}}'),
    status: 202,
    starts: 1,
    body: { metadata: { a: 1, b: 100, c: 0, d: 1e20, e: 0.1, f: 1e-7 } },
  },
  {
    name: 'POST /videos warns of metadata in which U+FFFD stands, and keeps it',
    request: post({ ...REQUEST, metadata: { name: 'L\ufffdwe' } }),
    status: 202,
    starts: 1,
    body: {
      metadata: { name: 'L\ufffdwe' },
      warnings: [expect.stringContaining('metadata contains U+FFFD')],
    },
  },
  ...NOT_UTF8.map(([what, body, detail]) =>
    refused(`a body of ${what}`, post(body), BAD, FORMS.pointed('', detail)),
  ),
  refused(
    'an upload that is not UTF-8',
    () => ({ method: 'POST', path: '/uploads', headers: JSON_HEADERS, body: bytes('{"@":1}', 0xf6) }),
    BAD,
    FORMS.pointed('', 'is not UTF-8: the byte 0xf6 at offset 2'),
  ),
  refused(
    'a text in which U+FFFD stands, as API Gateway puts it there',
    post({ template_id: '1', text_inputs: [{ value: 'Lion' }, { value: 'L\ufffdwe' }] }),
    BAD,
    FORMS.pointed('/text_inputs/1/value', 'which replaces bytes that were not UTF-8; send the JSON in UTF-8'),
  ),
  refused(
    'a link in which U+FFFD stands',
    post({ template_id: '1', media_inputs: [{ value: 'https://a.example/L\ufffdwe.jpg' }] }),
    BAD,
    FORMS.pointed('/media_inputs/0/value', 'must not contain U+FFFD'),
  ),
  ...(
    [
      ['text_inputs', String.raw`"text_inputs":[{"value":"L\ud83dwe"}]`, '/text_inputs/0/value'],
      ['metadata', String.raw`"metadata":{"a":["\ude00\ud83d"]}`, '/metadata/a/0'],
      ['a name of metadata', String.raw`"metadata":{"\ud800":1}`, '/metadata/\\ud800'],
    ] as const
  ).map(([where, json, pointer]) =>
    refused(
      `a lone surrogate in ${where}`,
      post(`{"template_id":"1",${json}}`),
      BAD,
      FORMS.pointed(pointer, 'has a lone surrogate'),
    ),
  ),
  ...[
    '12345678901234567891',
    '1e400',
    '1e-400',
    '1.0000000000000000001',
    '9007199254740993',
    '-393769180141805569',
  ].map((number) =>
    refused(
      `metadata with the number ${number}`,
      post(`{"template_id":"1","metadata":{"orders":[{"id":${number}}]}}`),
      BAD,
      FORMS.pointed('/metadata/orders/0/id', 'send it as a string'),
    ),
  ),
  refused(
    'an id as a number of many digits',
    post('{"template_id":393769180141805569}'),
    BAD,
    FORMS.pointed('/template_id', 'send it as a string'),
  ),
  refused(
    'a field that is there twice',
    post('{"template_id":"1","template_id":"2"}'),
    BAD,
    FORMS.pointed('/template_id', 'occurs more than once'),
  ),
  refused(
    'a name of metadata that is there twice, in two spellings',
    post(String.raw`{"template_id":"1","metadata":{"a":1,"\u0061":2}}`),
    BAD,
    FORMS.pointed('/metadata/a', 'occurs more than once'),
  ),
  ...['{"__proto__":{"a":1}}', '{"b":[{"__proto__":1}]}'].map((metadata) =>
    refused(
      `the metadata ${metadata}`,
      post(`{"template_id":"1","metadata":${metadata}}`),
      BAD,
      FORMS.pointed(
        metadata.startsWith('{"b"') ? '/metadata/b/0/__proto__' : '/metadata/__proto__',
        'has the name',
      ),
    ),
  ),
  refused('not JSON', post('{"template_id"'), BAD, { errors: [{ pointer: '', detail: 'is not JSON' }] }),
  ...['[', '{"a":'].map((open) =>
    refused(
      `JSON of 100,000 levels of ${open}`,
      post(`{"template_id":"1","metadata":{"a":${open.repeat(100_000)}`),
      BAD,
      FORMS.pointed('', 'is nested more than 100 levels deep'),
    ),
  ),
  refused(
    'a field whose name turns what is written',
    post({ template_id: '1', 'a\u202e\u001b[31m/b': 1 }),
    BAD,
    FORMS.pointed('/a\\u202e\\u001b[31m~1b', 'not a known'),
  ),
  refused(
    'a text with control characters',
    post({ template_id: '\u202e\u009b2J\ud800' }),
    BAD,
    FORMS.pointed('/template_id', 'given "\\u202e\\u009b2J\\ud800"'),
  ),
  refused(
    'a value with a signature and without a scheme',
    post({ template_id: '//a.example/pet?X-Amz-Signature=abc' }),
    BAD,
    FORMS.pointed('/template_id', 'given "(link)"'),
  ),
  refused('no body', () => ({ method: 'POST', path: '/videos' }), BAD, FORMS.pointed('', 'is empty')),
  refused('a list', post([]), BAD, FORMS.pointed('', 'must be an object')),
  refused('null', post(null), BAD, FORMS.pointed('', 'must be an object')),
  refused(
    'a number as id',
    post({ template_id: 5 }),
    BAD,
    FORMS.pointed('/template_id', 'given the number 5'),
  ),
  refused(
    'an unknown field',
    post({ template_id: '1', model: 'x' }),
    BAD,
    FORMS.pointed('/model', 'not a known'),
  ),
  refused(
    'a task and a template',
    post({ task_id: '1', template_id: '2' }),
    BAD,
    FORMS.pointed('/template_id', 'cannot be combined with task_id'),
  ),
  refused(
    'two wrong places',
    post({ template_id: '1', media_inputs: [{}], text_inputs: [{ value: '' }] }),
    BAD,
    {
      errors: [
        { pointer: '/media_inputs/0/value', detail: expect.any(String) },
        { pointer: '/text_inputs/0/value', detail: expect.any(String) },
      ],
    },
  ),
  refused(
    'an image missing',
    post({ template_id: REQUEST.template_id, text_inputs: [{ value: 'Lion' }] }),
    BAD,
    FORMS.pointed('/media_inputs', 'Run for Life: one image (a photo of a pet); given 0'),
  ),
  refused(
    'a text missing',
    post({ ...REQUEST, text_inputs: [] }),
    BAD,
    FORMS.pointed('/text_inputs', 'one text (a kind of wild beast); given 0'),
  ),
  refused(
    'too many images',
    post({ ...REQUEST, media_inputs: [...REQUEST.media_inputs, ...REQUEST.media_inputs] }),
    BAD,
    FORMS.pointed('/media_inputs', 'given 2'),
  ),
  refused(
    'a text that the template has no use for',
    post({ ...REQUEST, template_id: '392747428568649728' }),
    BAD,
    FORMS.pointed('/text_inputs', 'Diving: no text; given 1'),
  ),
  ...BAD_IMAGES.map(([why, value, detail]) =>
    refused(
      `an image that ${why}`,
      post({ template_id: UNKNOWN_TEMPLATE, media_inputs: [{ value }] }),
      BAD,
      FORMS.pointed('/media_inputs/0/value', detail),
    ),
  ),
  ...[
    '../videos/1/video.mp4',
    './pet',
    'a//pet',
    '/pet',
    'a/../pet',
    'a/.',
    'pet/',
    '%2e%2e/pet',
    'a\\pet',
    'a\u0000',
    'a\u200b',
  ].map((key) =>
    refused(
      `an upload with the key ${JSON.stringify(key)}`,
      (videos, base) =>
        post({ ...REQUEST, media_inputs: [{ value: `s3://${videos.bucket}/uploads/${key}` }] })(videos, base),
      BAD,
      FORMS.pointed('/media_inputs/0/value', 'no part between slashes is empty, "." or ".."'),
    ),
  ),
  refused(
    'more than the workflow carries',
    post({ template_id: UNKNOWN_TEMPLATE, text_inputs: [{ value: 'x'.repeat(200_000) }] }),
    [413, 'request-too-large'],
    FORMS.said('the limit is 200000'),
  ),
  refused(
    'another media type',
    () => ({ method: 'POST', path: '/videos', headers: { 'content-type': 'text/plain' }, body: '{}' }),
    [415, 'unsupported-media-type'],
    FORMS.said('Content-Type is "text/plain"; allowed is application/json'),
  ),
  refused('an empty key', post(REQUEST, { 'Idempotency-Key': '' }), BAD, FORMS.said('1 to 255 printable')),
  refused(
    'a key of 256 characters',
    post(REQUEST, { 'Idempotency-Key': 'x'.repeat(256) }),
    BAD,
    FORMS.said('256 characters'),
  ),
  refused(
    'a key with an umlaut',
    post(REQUEST, { 'Idempotency-Key': 'ä' }),
    BAD,
    FORMS.said('printable ASCII'),
  ),

  {
    name: 'GET /videos/{video_id} shows a video that is ready',
    request: get(({ ready }) => `/videos/${ready}`),
    status: 200,
    body: {
      status: 'succeeded',
      finished_at: TIME,
      elapsed_seconds: expect.any(Number),
      task_id: expect.stringMatching(/^\d+$/),
      polls: 1,
      video: {
        url: expect.stringContaining('X-Amz-Signature='),
        url_expires_at: TIME,
        s3_uri: expect.stringMatching(/^s3:\/\/.+\/video\.mp4$/),
        bytes: 64331,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        content_type: 'video/mp4',
      },
    },
  },
  {
    name: 'GET /videos/{video_id} shows why a video has failed',
    request: get(({ failed }) => `/videos/${failed}`),
    status: 200,
    body: {
      status: 'failed',
      error: {
        type: 'GenerationFailed',
        title: expect.any(String),
        detail: expect.stringContaining('MiniMax ended the task as "Fail"'),
        money_spent: 'maybe',
      },
    },
  },
  {
    name: 'GET /videos/{video_id} says what a video is waiting for',
    request: get(({ running }) => `/videos/${running}`),
    status: 200,
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
    body: {
      status: 'generating',
      state: 'Wait',
      next_check_at: TIME,
      elapsed_seconds: expect.any(Number),
      polls: expect.any(Number),
      task_id: expect.any(String),
    },
  },
  ...[
    'nobody',
    '01a20514-17d7-7755-9447-4509f800ce79',
    'a%2Fb',
    '%00',
    'x'.repeat(300),
    '__proto__',
    '%',
    '%FF',
    '%C3%28',
    '%ED%A0%80',
  ].map((id) => refused(`the id ${id}`, get(`/videos/${id}`), [404, 'video-not-found'])),

  refused(
    'an id with characters that turn what is written',
    get('/videos/%E2%80%AE%C2%9B%1B%7F'),
    [404, 'video-not-found'],
    FORMS.said('"\\u202e\\u009b\\u001b\\u007f"'),
  ),
  refused(
    'a limit with characters that turn what is written',
    get('/videos', 'limit=%E2%80%AE'),
    BAD,
    FORMS.said('limit is "\\u202e"'),
  ),

  {
    name: 'GET /videos lists the newest videos first',
    request: get('/videos', 'limit=2'),
    status: 200,
    body: {
      videos: [
        { video_id: expect.any(String), status: expect.any(String), created_at: TIME },
        expect.objectContaining({ video_id: expect.any(String) }),
      ],
      next_cursor: expect.stringMatching(/^[\w-]+$/),
    },
  },
  {
    name: 'GET /videos lists the failed ones alone',
    request: get('/videos', 'status=failed&limit=100'),
    status: 200,
    body: {
      videos: expect.arrayContaining([expect.objectContaining({ status: 'failed', finished_at: TIME })]),
    },
  },
  ...[
    ['limit=0', 'limit is "0"; allowed is a whole number from 1 to 100'],
    ['limit=101', 'limit is "101"'],
    ['limit=ten', 'limit is "ten"'],
    ['limit=1&limit=2', 'it may be there once'],
    ['status=done', 'allowed are running, succeeded, failed, cancelled, timed_out'],
    ['status=queued', 'GET /videos/{video_id} tells the stage of a running video'],
    ['status=%FF', 'status is "\ufffd"'],
    ['limit=%zz', 'limit is "%zz"'],
    ['cursor=%C3%28', 'allowed is the next_cursor'],
    ['%FF=1', 'known are status, limit, cursor'],
    ['cursor=!', 'allowed is the next_cursor'],
    ['cursor=abc', 'allowed is the next_cursor'],
    ['cursor=', 'allowed is the next_cursor'],
    [`cursor=${toCursor(' 20 1764000000000 b../v')}`, 'allowed is the next_cursor'],
    [`cursor=${toCursor(' 20 1764000000000 e')}`, 'allowed is the next_cursor'],
    [`cursor=${toCursor(' 20 1764000000000 eabc')}`, 'cursor is invalid or expired'],
    [`limit=5&cursor=${toCursor(' 20 1764000000000 b')}`, 'a list with limit=20 and no status'],
    [`status=failed&cursor=${toCursor(' 20 1764000000000 b')}`, 'a list with limit=20 and no status'],
    [`cursor=${toCursor('running 20 1764000000000 eabc')}`, 'a list with limit=20 and status=running'],
    ['page=2', 'known are status, limit, cursor'],
  ].map(([query = '', detail = '']) =>
    refused(`GET /videos?${query}`, get('/videos', query), BAD, FORMS.said(detail)),
  ),

  {
    name: 'DELETE /videos/{video_id} stops waiting, and says what goes on',
    request: ({ stoppable }) => ({ method: 'DELETE', path: `/videos/${stoppable}` }),
    status: 200,
    body: {
      status: 'cancelled',
      finished_at: TIME,
      task_id: expect.any(String),
      error: {
        type: 'Cancelled',
        title: expect.any(String),
        detail: expect.stringMatching(
          /MiniMax cannot be stopped: it goes on with task \d+ and may charge.*To adopt/,
        ),
        money_spent: 'maybe',
      },
    },
  },
  refused(
    'DELETE of a cancelled video',
    ({ stoppable }) => ({ method: 'DELETE', path: `/videos/${stoppable}` }),
    [409, 'video-finished'],
  ),
  refused('DELETE of a finished video', ({ ready }) => ({ method: 'DELETE', path: `/videos/${ready}` }), [
    409,
    'video-finished',
  ]),
  refused('DELETE of nothing', () => ({ method: 'DELETE', path: '/videos/nobody' }), [
    404,
    'video-not-found',
  ]),

  {
    name: 'POST /uploads gives an address for one image',
    request: upload({ content_type: 'image/png', bytes: 12 }),
    status: 201,
    body: {
      value: expect.stringMatching(/^s3:\/\/.+\/uploads\/[0-9a-f-]{36}$/),
      upload: {
        method: 'PUT',
        url: expect.stringContaining('X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost'),
        headers: { 'content-type': 'image/png', 'content-length': '12' },
        expires_at: TIME,
      },
    },
  },
  {
    name: 'POST /uploads gives the same value for the same image, where its hash is said',
    request: upload({ content_type: 'image/png', bytes: 12, sha256: 'ab'.repeat(32) }),
    status: 201,
    body: {
      value: expect.stringContaining(`/uploads/${'ab'.repeat(32)}`),
      upload: {
        url: expect.stringContaining(
          'X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256',
        ),
        headers: { 'x-amz-checksum-sha256': Buffer.from('ab'.repeat(32), 'hex').toString('base64') },
      },
    },
  },
  ...(
    [
      [{}, '/content_type'],
      [{ content_type: 'image/gif', bytes: 1 }, '/content_type'],
      [{ content_type: 'image/png', bytes: 0 }, '/bytes'],
      [{ content_type: 'image/png', bytes: 20_000_000 }, '/bytes'],
      [{ content_type: 'image/png', bytes: '12' }, '/bytes'],
      [{ content_type: 'image/png', bytes: 1.5 }, '/bytes'],
      [{ content_type: 'image/png', bytes: 1, sha256: 'AB' }, '/sha256'],
      [{ content_type: 'image/png', bytes: 1, name: 'x' }, '/name'],
    ] as const
  ).map(([body, pointer]) =>
    refused(`POST /uploads with ${JSON.stringify(body)}`, upload(body), BAD, FORMS.pointed(pointer, '')),
  ),

  {
    name: 'GET /templates gives what is known, and since when',
    request: get('/templates'),
    status: 200,
    body: {
      host: 'https://api.minimax.io',
      read_on: '2026-11-22',
      templates: expect.arrayContaining([
        {
          template_id: '393769180141805569',
          name: 'Run for Life',
          media_inputs: { min_items: 1, max_items: 1, description: 'a photo of a pet' },
          text_inputs: { min_items: 1, max_items: 1, description: 'a kind of wild beast' },
          price_usd: 0.45,
          example: {
            template_id: '393769180141805569',
            media_inputs: [{ value: expect.stringMatching(/^https:/) }],
            text_inputs: [{ value: 'Lion' }],
          },
        },
      ]),
    },
  },
];

const NO_SUCH_ROUTE: readonly [number, string] = [403, 'access-denied'];

/** What API Gateway answers by itself, because no function is behind the path and method. */
export const GATEWAY_ROWS: readonly Row[] = [
  ['GET', '/'],
  ['GET', '/video'],
  ['GET', '/videos/1/2'],
  ['GET', '/videos/1/2/3'],
  ['GET', '/prod/videos'],
  ['PUT', '/videos'],
  ['PATCH', '/videos/1'],
  ['GET', '/uploads'],
  ['POST', '/templates'],
  ['OPTIONS', '/videos'],
].map(([method = '', path = '']) =>
  refused(`${method} ${path}`, () => ({ method, path }), NO_SUCH_ROUTE, {
    detail: 'The request is not signed, or the API has no such path or method.',
  }),
);

/** What stands in a `next_cursor`: where the next page begins. */
function toCursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}
