import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../../lambdas/core/failure.ts';
import { uploadPrefix } from '../../../lambdas/core/storage-keys.ts';
import type { Bucket } from '../../../lambdas/io/aws/bucket.ts';
import { createMediaInputs } from '../../../lambdas/io/image/media-inputs.ts';
import { listen } from '../../../local/loopback-server.ts';
import { pngOf, toDataUrl } from '../../harness/images.ts';

const PNG = pngOf(400, 400);
const ours = { bucketName: 'ours', visibility: 'owner' } as const;

/** Prepares a request with this one image; `stored` is what the bucket gives. */
async function prepare(value: string, stored: Buffer | Error = PNG, trustedOrigins: readonly string[] = []) {
  const bucket: Pick<Bucket, 'read'> = {
    async read() {
      if (stored instanceof Error) throw stored;
      return stored;
    },
  };
  const notices: string[] = [];
  const policy = { trustedOrigins, idleSeconds: 1 };
  const { media_inputs } = await createMediaInputs({ ...ours, bucket, policy }).prepare(
    { template_id: '1', media_inputs: [{ value }], metadata: { a: 1 } },
    { signal: AbortSignal.timeout(5_000), notice: ({ message }) => notices.push(message) },
  );
  return { value: media_inputs?.[0]?.value, notices };
}

async function serving(status: number, body: Buffer): Promise<string> {
  const server = await listen(createServer(), (_, response) => void response.writeHead(status).end(body), 0);
  onTestFinished(() => server.stop());
  return server.url;
}

test('replaces an address of the bucket by the image, with the type of its bytes', async () => {
  expect(await prepare('s3://ours/uploads/1')).toEqual({ value: toDataUrl(PNG), notices: [] });
  expect(await prepare(toDataUrl(PNG, 'image/jpeg'))).toEqual({ value: toDataUrl(PNG), notices: [] });
});

test('writes an inline image in one spelling', async () => {
  const base64 = PNG.toString('base64');
  for (const value of [
    `data:;base64,${base64.replaceAll(/.{20}/g, '$&\n')}\n`,
    `data:image/jpeg;name=pet.jpg;base64,${PNG.toString('base64url')}`,
    `data:application/octet-stream,${PNG.toString('hex').replaceAll(/../g, '%$&')}`,
  ])
    expect(await prepare(value)).toEqual({ value: toDataUrl(PNG), notices: [] });
});

test('leaves a link that can be read as it is', async () => {
  const origin = await serving(200, PNG);
  expect(await prepare(`${origin}/pet`, PNG, [origin])).toEqual({ value: `${origin}/pet`, notices: [] });
});

test('leaves a link that cannot be read from here as it is, with a notice', async () => {
  const origin = await serving(403, Buffer.from('no'));
  expect(await prepare(`${origin}/pet`, PNG, [origin])).toEqual({
    value: `${origin}/pet`,
    notices: ['An image could not be checked from here, and is left to MiniMax: 127.0.0.1 answers HTTP 403'],
  });
});

test.each([
  ['in the bucket is no image', 's3://ours/uploads/1', Buffer.from('%PDF-1.7'), 'is not a JPEG'],
  ['in the bucket is too small', 's3://ours/uploads/1', pngOf(10, 10), 'short side'],
  ['inside the request is too small', toDataUrl(pngOf(10, 10)), PNG, 'short side'],
  ['inside the request is cut off', 'data:image/png;base64,iVBOR', PNG, 'is cut off'],
  ['inside the request has a wrong character', 'data:image/png;base64,iVB*', PNG, 'as character 4'],
  ['is in another bucket', 's3://another/uploads/1', PNG, 'must be under uploads/'],
  ['is in another bucket, in capitals', 'S3://another/uploads/1', PNG, 'must be under uploads/'],
  ['leads to a machine inside', 'https://192.168.0.1/pet', PNG, 'is not public'],
])('rejects an image that %s', async (_name, value, stored, why) => {
  await expect(prepare(value, stored)).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringMatching(new RegExp(`^The request is wrong: /media_inputs/0/value .*${why}.*\\.$`)),
  });
});

test('rejects images that need more memory than there is, although the request is small', async () => {
  const large = Buffer.concat([PNG, Buffer.alloc(16_000_000)]);
  const bucket = { read: async () => large };
  const inputs = createMediaInputs({
    ...ours,
    bucket,
    policy: { trustedOrigins: [], idleSeconds: 1 },
  });
  const prepared = inputs.prepare(
    { template_id: '1', media_inputs: Array(50).fill({ value: 's3://ours/uploads/1' }) },
    { signal: AbortSignal.timeout(5_000), notice: () => undefined },
  );
  await expect(prepared).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringContaining('/media_inputs/2/value is too large together with those before it'),
  });
});

test('reads images of the bucket before slow servers use up the time', async () => {
  const server = await listen(createServer(), () => undefined, 0);
  onTestFinished(() => server.stop());
  const read = async (_key: string, _most: number, signal: AbortSignal): Promise<Buffer> => {
    signal.throwIfAborted();
    return PNG;
  };
  const policy = { trustedOrigins: [server.url], idleSeconds: 10 };
  const inputs = createMediaInputs({ ...ours, bucket: { read }, policy });
  const values = [`${server.url}/slow`, 's3://ours/uploads/1', `${server.url}/slower`];
  const prepared = await inputs.prepare(
    { template_id: '1', media_inputs: values.map((value) => ({ value })) },
    { signal: AbortSignal.timeout(300), notice: () => undefined },
  );
  expect(prepared.media_inputs?.map(({ value }) => value)).toEqual([values[0], toDataUrl(PNG), values[2]]);
});

test('rejects an image that is not in the bucket', async () => {
  const missing = new Failure('InvalidRequest', 'There is no object s3://ours/uploads/1.');
  await expect(prepare('s3://ours/uploads/1', missing)).rejects.toBe(missing);
});

test('ends as StorageUnavailable where the bucket cannot be read: nothing has been sent', async () => {
  const slow = Object.assign(new Error('slow'), { name: 'SlowDown' });
  await expect(prepare('s3://ours/uploads/1', slow)).rejects.toMatchObject({ name: 'StorageUnavailable' });
});

test.each([
  ['owner', 'iam A', uploadPrefix('iam A'), true],
  ['owner', 'iam A', uploadPrefix('iam B'), false],
  ['owner', 'iam A', 'uploads/', false],
  ['owner', undefined, uploadPrefix('iam B'), true],
  ['everyone', 'iam A', uploadPrefix('iam B'), true],
] as const)(
  'with visibility=%s, reads for %s an image under %s: %s',
  async (visibility, owner, prefix, isRead) => {
    const read: string[] = [];
    const bucket: Pick<Bucket, 'read'> = {
      async read(key) {
        read.push(key);
        return PNG;
      },
    };
    const policy = { trustedOrigins: [], idleSeconds: 1 };
    const inputs = createMediaInputs({ bucketName: 'ours', visibility, bucket, policy });
    const prepared = inputs.prepare(
      { template_id: '1', media_inputs: [{ value: `s3://ours/${prefix}pet` }] },
      { owner, signal: AbortSignal.timeout(5_000), notice: () => undefined },
    );
    if (isRead) await prepared;
    else await expect(prepared).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(read).toEqual(isRead ? [`${prefix}pet`] : []);
  },
);
