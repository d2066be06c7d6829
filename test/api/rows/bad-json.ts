import { BAD, bytes, FORMS, JSON_HEADERS, post, type Row, refused } from './row.ts';

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

/** Bodies that are refused before their fields are checked, and texts that are not taken. */
export const BAD_JSON: readonly Row[] = [
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
    'a text with U+FFFD, as API Gateway puts it there',
    post({ template_id: '1', text_inputs: [{ value: 'Lion' }, { value: 'L\ufffdwe' }] }),
    BAD,
    FORMS.pointed('/text_inputs/1/value', 'which replaces bytes that were not UTF-8; send the JSON in UTF-8'),
  ),
  refused(
    'a link with U+FFFD',
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
    'a field whose name reverses the direction of text',
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
];
