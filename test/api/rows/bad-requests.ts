import { expect } from 'vitest';
import { pngOf, toDataUrl } from '../../harness/images.ts';
import { REQUEST } from '../../harness/running-service.ts';
import { BAD, FORMS, post, type Row, refused, UNKNOWN_TEMPLATE } from './row.ts';

const BAD_IMAGES: readonly (readonly [string, string, string])[] = [
  ['is too small', toDataUrl(pngOf(300, 400)), 'its short side must have more than 300'],
  ['is too long', toDataUrl(pngOf(301, 753)), 'its shape must be from 2:5 to 5:2'],
  ['is a PDF', toDataUrl(Buffer.from('%PDF-1.7 and so on')), 'is not a JPEG, PNG or WebP image'],
  ['is cut off', toDataUrl(pngOf(400, 400).subarray(0, 14)), 'its width and height cannot be read'],
  ['is in another bucket', 's3://another/uploads/x', 'must be under uploads/ in the bucket'],
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

/** Bodies with wrong fields, images or sizes, and wrong headers. */
export const BAD_REQUESTS: readonly Row[] = [
  refused(
    'a number as an id',
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
  ...['owner', 'takes_over'].flatMap((field) =>
    [{ template_id: '1' }, { task_id: '1' }].map((request) =>
      refused(
        `the field ${field} beside ${JSON.stringify(request)}`,
        post({ ...request, [field]: 'iam AIDAOTHER' }),
        BAD,
        FORMS.pointed(`/${field}`, 'not a known'),
      ),
    ),
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
    'a text that the template does not take',
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
      FORMS.pointed('/media_inputs/0/value', 'no part between slashes may be empty, "." or ".."'),
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
];
