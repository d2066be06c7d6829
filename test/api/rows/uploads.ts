import { expect } from 'vitest';
import { BAD, FORMS, get, type Row, refused, TIME, upload } from './row.ts';

/** Uploads and templates. */
export const UPLOADS: readonly Row[] = [
  {
    name: 'POST /uploads gives an address for one image',
    request: upload({ content_type: 'image/png', bytes: 12 }),
    status: 201,
    body: {
      value: expect.stringMatching(/^s3:\/\/.+\/uploads\/[0-9a-f]{32}\/[0-9a-f-]{36}$/),
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
      value: expect.stringMatching(`/uploads/[0-9a-f]{32}/${'ab'.repeat(32)}$`),
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
    name: 'GET /templates lists the known templates, with the date of reading',
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
