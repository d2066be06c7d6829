import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NoResponse } from '../../../cli/client/errors.ts';
import { createVideoClient, type VideoClient } from '../../../cli/client/video-client.ts';
import { type Listening, listen } from '../../../local/loopback-server.ts';
import { UserError } from '../../../local/user-error.ts';

const VIDEO = {
  video_id: 'v1',
  status: 'queued',
  created_at: '2026-11-22T10:00:00Z',
  elapsed_seconds: 0,
} as const;

let server: Listening;
let client: VideoClient;
/** What the next request gets, for each path. */
let answers: Readonly<Record<string, readonly [status: number, body: unknown]>>;
beforeAll(async () => {
  server = await listen(
    createServer(),
    (request, response) => {
      const [status, body] = answers[request.url ?? ''] ?? [404, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
    0,
  );
  client = createVideoClient({
    videosUrl: `${server.url}/videos`,
    authorize: async () => ({}),
    exampleImage: 'https://a.example/1.png',
  });
});
afterAll(() => server.stop());

const REQUEST = { task_id: '7' };

test('gives a video with all its fields, also those that are new to this client', async () => {
  answers = { '/videos/v1': [200, { ...VIDEO, place_in_queue: 3 }] };
  expect(await client.check('v1')).toEqual({ video: { ...VIDEO, place_in_queue: 3 }, retryAfterSeconds: 10 });
});

test('says which field of an answer is wrong, and that the request may have been accepted', async () => {
  answers = { '/videos': [202, { ...VIDEO, video_id: 7 }] };
  const error = await client.start(REQUEST, 'k').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NoResponse);
  expect(error).toMatchObject({
    message: expect.stringContaining('(its answer has an unexpected video_id)'),
    mayHaveBeenReceived: true,
  });
});

test('takes no id of a video that could lead out of a folder', async () => {
  answers = { '/videos': [202, { ...VIDEO, video_id: '../v1' }] };
  await expect(client.start(REQUEST, 'k')).rejects.toThrow('answers with an invalid video id: "../v1".');
});

test('says why an image could not be uploaded', async () => {
  const upload = { method: 'PUT', url: `${server.url}/image`, headers: {}, expires_at: VIDEO.created_at };
  answers = { '/uploads': [201, { value: 's3://b/1', upload }], '/image': [403, {}] };
  const order = {
    request: { template_id: '1', text_inputs: [] },
    images: [{ bytes: Buffer.from('x'), type: 'image/png' } as const],
  };
  await expect(client.toBody(order)).rejects.toThrow(UserError);
  await expect(client.toBody(order)).rejects.toThrow('The image could not be uploaded (HTTP 403).');
});
