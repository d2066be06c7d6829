import { expect } from 'vitest';
import { uploadPrefix } from '../../../lambdas/core/storage-keys.ts';
import { jpegOf } from '../../harness/images.ts';
import { OWNER, REQUEST } from '../../harness/running-service.ts';
import { post, type Row, TIME, UNKNOWN_TEMPLATE } from './row.ts';

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

/** Requests that start a video. */
export const STARTED: readonly Row[] = [
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
    name: 'POST /videos warns of an unknown template',
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
    name: 'POST /videos takes a value of POST /uploads without reading the image',
    request: (videos, base) =>
      post({ ...REQUEST, media_inputs: [{ value: `s3://${videos.bucket}/${uploadPrefix(OWNER)}pet` }] })(
        videos,
        base,
      ),
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
    name: 'POST /videos warns of metadata with U+FFFD, and keeps it',
    request: post({ ...REQUEST, metadata: { name: 'L\ufffdwe' } }),
    status: 202,
    starts: 1,
    body: {
      metadata: { name: 'L\ufffdwe' },
      warnings: [expect.stringContaining('metadata contains U+FFFD')],
    },
  },
];
