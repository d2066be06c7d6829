import fc from 'fast-check';
import { CALLS } from '../../../lambdas/core/api/routes.ts';
import { pngOf, toDataUrl } from '../../harness/images.ts';
import { REQUEST } from '../../harness/running-service.ts';
import type { ApiRequest } from '../api-caller.ts';
import { KNOWN } from './mocked-aws.ts';

const id = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[\w-]{1,64}$/) },
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const image = fc.oneof(
  fc.constantFrom(
    ...REQUEST.media_inputs.map(({ value }) => value),
    toDataUrl(pngOf(10, 10)),
    'https://example.com/pet.jpg',
    's3://videos/uploads/pet',
    's3://videos/videos/1/video.mp4',
    'S3://videos/uploads/pet',
    'data:image/png;base64,',
    'data:image/png;base64,=',
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => toDataUrl(Buffer.from(bytes))),
  fc.webUrl(),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const inputs = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: fc.array(fc.record({ value }), { maxLength: 3 }) }, fc.jsonValue());
const field: fc.Arbitrary<object> = fc.oneof(
  fc.record({ template_id: fc.oneof(id, fc.constant(REQUEST.template_id)) }),
  fc.record({ task_id: id }),
  fc.record({ media_inputs: inputs(image) }),
  fc.record({ text_inputs: inputs(fc.oneof(fc.string(), fc.jsonValue())) }),
  fc.record({ metadata: fc.jsonValue({ maxDepth: 30 }) }),
  fc.record({ content_type: fc.oneof(fc.constantFrom('image/png', 'image/gif'), fc.jsonValue()) }),
  fc.record({ bytes: fc.oneof(fc.integer(), fc.nat(30_000_000), fc.jsonValue()) }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
);
/** Objects with right and wrong fields, any JSON, and text that is not JSON. */
const body = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(field, { maxLength: 4 })
      .map((fields) => JSON.stringify(Object.assign({}, ...fields))),
  },
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constant(JSON.stringify(REQUEST)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const uploadBody = fc.oneof(
  body,
  fc
    .record({
      content_type: fc.constantFrom('image/png', 'image/webp'),
      bytes: fc.integer({ max: 30_000_000 }),
    })
    .map((wanted) => JSON.stringify(wanted)),
);
const headers = fc.record(
  {
    'Content-Type': fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      fc.constantFrom('text/plain', 'application/json;charset=utf-8', 'APPLICATION/JSON'),
      fc.stringMatching(/^[\x20-\x7e]*$/),
    ),
    'Idempotency-Key': fc.oneof(
      fc.stringMatching(/^[\x20-\x7e]{0,300}$/),
      fc.string({ unit: 'binary' }),
      fc.constant('k'),
    ),
  },
  { requiredKeys: ['Content-Type'] },
);
const segment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webSegment(),
  fc.constantFrom('..', '%', '%00', 'videos'),
);
const paths = new Set(Object.values(CALLS).map((call) => call.path));
const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...[...paths].filter((each) => !each.includes('{'))) },
  { weight: 3, arbitrary: segment.map((part) => `/videos/${encodeSafely(part)}`) },
  { weight: 3, arbitrary: fc.constantFrom(...KNOWN).map((name) => `/videos/${name}`) },
  fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.map(encodeSafely).join('/')}`),
);
const query = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('status', 'limit', 'cursor'), fc.string()),
      fc.oneof(
        fc.constantFrom(
          'running',
          'failed',
          'queued',
          '1',
          '100',
          '0',
          Buffer.from('page 2').toString('base64url'),
        ),
        fc.base64String(),
        fc.string({ unit: 'binary' }),
      ),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${encodeSafely(name)}=${encodeSafely(value)}`).join('&'));
const method = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'DELETE') },
  fc.constantFrom('PUT', 'PATCH', 'OPTIONS', 'HEAD'),
);
export const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ method: fc.constant('POST'), path: fc.constant('/videos'), headers, body }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant('POST'),
      path: fc.constant('/uploads'),
      headers,
      body: uploadBody,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant('GET'),
      path: fc.constantFrom(...KNOWN).map((name) => `/videos/${name}/history`),
      query: fc.oneof({ weight: 3, arbitrary: fc.constant('limit=1') }, query),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constantFrom('GET', 'DELETE'),
      path: fc.constantFrom(...KNOWN).map((name) => `/videos/${name}`),
    }),
  },
  { weight: 1, arbitrary: fc.record({ method: fc.constant('GET'), path, query }) },
  { weight: 1, arbitrary: fc.record({ method, path, query, headers, body }) },
);

function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
