import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  MAX_REQUEST_BYTES,
  oversizeIssues,
  requireVideoRequest,
  toVideoRequest,
} from '../../../lambdas/core/api/request.ts';
import { issuesSentence, parseJson } from '../../../lambdas/core/api/validation.ts';

const EXAMPLE = {
  template_id: '393769180141805569',
  media_inputs: [{ value: 'https://cdn.hailuoai.com/pet.jpeg' }],
  text_inputs: [{ value: 'Lion' }],
};

/** An object in an object in an object … */
function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
}

test.each([
  ["MiniMax's own example", EXAMPLE],
  ['a template without inputs', { template_id: '392747428568649728' }],
  ["the caller's metadata", { ...EXAMPLE, metadata: { order: 17, tags: ['a'] } }],
  ['an inline image', { ...EXAMPLE, media_inputs: [{ value: 'data:image/png;base64,iVBORw0KGgo=' }] }],
  ['a task to adopt', { task_id: '393769180141900000' }],
])('accepts %s unchanged', (_name, body) => {
  expect(toVideoRequest(body)).toEqual({ ok: true, value: body });
});

test.each([
  ['no template', {}, '/template_id', 'is missing'],
  ['a number as id', { template_id: Number('393769180141805569') }, '/template_id', 'without quotes'],
  ['an empty id', { template_id: '' }, '/template_id', 'given ""'],
  ['an id with a slash', { template_id: '../x' }, '/template_id', 'given "../x"'],
  ['a number as task id', { task_id: 17 }, '/task_id', 'given the number 17'],
  [
    'a task id beside a template',
    { task_id: '1', template_id: '2' },
    '/template_id',
    'cannot be combined with task_id',
  ],
  ['inputs that are no list', { template_id: '1', media_inputs: 'x' }, '/media_inputs', 'must be a list'],
  ['an item without value', { template_id: '1', text_inputs: [{}] }, '/text_inputs/0/value', 'is missing'],
  [
    'an item that is a string',
    { template_id: '1', text_inputs: ['Lion'] },
    '/text_inputs/0',
    'must be an object',
  ],
  [
    'an empty text',
    { template_id: '1', text_inputs: [{ value: '' }] },
    '/text_inputs/0/value',
    'must not be empty',
  ],
  [
    'a file path as image',
    { template_id: '1', media_inputs: [{ value: 'pet.jpg' }] },
    '/media_inputs/0/value',
    'http(s) URL',
  ],
  [
    'a link with credentials, which it does not repeat',
    { template_id: '1', media_inputs: [{ value: 'ftp://me:secret@h.example/p.jpg?Signature=1' }] },
    '/media_inputs/0/value',
    'given a ftp: URL',
  ],
  [
    'a second field in an item',
    { template_id: '1', text_inputs: [{ value: 'a', b: 1 }] },
    '/text_inputs/0/b',
    'not a known field',
  ],
  [
    'an unknown field',
    { template_id: '1', callback_url: 'https://x.example' },
    '/callback_url',
    'not a known field',
  ],
  ['a field that needs escaping', { template_id: '1', 'a/b~c': 1 }, '/a~1b~0c', 'not a known field'],
  [
    'metadata that is nested too deep',
    { template_id: '1', metadata: nested(30_000) },
    '/metadata',
    'at most 20 levels deep',
  ],
  [
    'a text in which U+FFFD stands',
    { template_id: '1', text_inputs: [{ value: 'L\ufffdwe' }] },
    '/text_inputs/0/value',
    'replaces bytes that were not UTF-8',
  ],
  [
    'a text with a lone surrogate',
    { template_id: '1', text_inputs: [{ value: 'L\ud800we' }] },
    '/text_inputs/0/value',
    'has a lone surrogate, "\\ud800"',
  ],
  [
    'metadata with a lone surrogate',
    { template_id: '1', metadata: { a: '\ud800' } },
    '/metadata/a',
    'has a lone surrogate',
  ],
  [
    'metadata with a number that a console has made of 1e400',
    { template_id: '1', metadata: { a: [Number.POSITIVE_INFINITY] } },
    '/metadata/a/0',
    'beyond the range of a double',
  ],
  [
    'metadata that would lose a name',
    JSON.parse('{"task_id":"1","metadata":{"__proto__":1}}'),
    '/metadata/__proto__',
    'has the name __proto__',
  ],
  ['metadata that is a list', { template_id: '1', metadata: [] }, '/metadata', 'must be an object'],
  ['a list as body', [], '', 'must be an object'],
  ['null as body', null, '', 'must be an object'],
])('rejects %s and points to it', (_name, body, pointer, detail) => {
  const checked = toVideoRequest(body);
  expect(checked.ok ? [] : checked.issues).toContainEqual({
    pointer,
    detail: expect.stringContaining(detail),
  });
});

test('names each wrong place once', () => {
  const checked = toVideoRequest({ template_id: '\ud800', text_inputs: [{ value: '\ud800' }] });
  expect(checked.ok ? [] : checked.issues.map(({ pointer }) => pointer)).toEqual([
    '/template_id',
    '/text_inputs/0/value',
  ]);
});

test("keeps U+FFFD in metadata, which is the caller's own", () => {
  const body = { template_id: '1', metadata: { a: '\ufffd' } };
  expect(toVideoRequest(body)).toEqual({ ok: true, value: body });
});

test.each(['media_inputs', 'text_inputs'])('rejects a million %s without checking each', (field) => {
  const checked = toVideoRequest({ template_id: '1', [field]: Array(1_000_000) });
  expect(checked.ok ? [] : checked.issues).toEqual([
    { pointer: `/${field}`, detail: 'must be a list of at most 100; given 1000000' },
  ]);
});

test('names every wrong field at once', () => {
  const checked = toVideoRequest({ template_id: 1, media_inputs: [{}, { value: 2 }], extra: true });
  expect(checked.ok ? [] : checked.issues.map(({ pointer }) => pointer).sort()).toEqual([
    '/extra',
    '/media_inputs/0/value',
    '/media_inputs/1/value',
    '/template_id',
  ]);
});

test.each([
  [null, 'is empty'],
  ['', 'is empty'],
  ['{', 'is not JSON'],
])('rejects the text %j', (text, detail) => {
  const checked = parseJson(text);
  expect(checked).toEqual({ ok: false, issues: [{ pointer: '', detail: expect.stringContaining(detail) }] });
});

test('rejects a request that is too large for the workflow, counted in bytes', () => {
  const request = { template_id: '1', text_inputs: [{ value: 'ä'.repeat(MAX_REQUEST_BYTES / 2) }] };
  expect(JSON.stringify(request).length).toBeLessThan(MAX_REQUEST_BYTES);
  expect(issuesSentence(oversizeIssues(request))).toMatch(
    /^the body has 2000\d\d bytes without its images; the limit is 200000/,
  );
});

test('names the first issues of very many', () => {
  const body = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`k${index}${'x'.repeat(200)}`, 1]),
  );
  const checked = toVideoRequest({ template_id: '1', ...body });
  const sentence = checked.ok ? '' : issuesSentence(checked.issues);
  expect(sentence).toContain('; and 995 more');
  expect(sentence.length).toBeLessThan(1000);
});

test('a step rejects a request that is too large, before anything is spent', () => {
  const body = { template_id: '1', text_inputs: [{ value: 'x'.repeat(MAX_REQUEST_BYTES) }] };
  expect(() => requireVideoRequest(body)).toThrow(expect.objectContaining({ name: 'InvalidRequest' }));
});

test('measures a request as it is sent on, not as it arrived', () => {
  const text = `{"template_id":"1","metadata":{"a":[${Array.from({ length: 30_000 }, () => '1e20').join(',')}]}}`;
  expect(text.length).toBeLessThan(MAX_REQUEST_BYTES);
  expect(oversizeIssues(JSON.parse(text))).toHaveLength(1);
});

test('returns a request or issues for any JSON, and never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      const checked = toVideoRequest(body);
      expect(checked.ok || checked.issues.length > 0).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
