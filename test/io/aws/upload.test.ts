import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  breaking,
  contentOf,
  megabytes,
  newKey,
  PART_BYTES,
  read,
  signal,
  uploadTo,
  useObjectStore,
  watchedClient,
} from './watched-uploads.ts';

useObjectStore();

function checksumOf(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

test('sends its own checksum with every part, with any settings of the client', async () => {
  const { client, sent } = watchedClient();
  const key = newKey();
  await uploadTo(key, client).run(contentOf(megabytes(12)), signal);
  const whole = Buffer.concat([...megabytes(12)]);
  const expected = [0, 1, 2].map((part) => {
    const bytes = whole.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    return { command: 'UploadPart', part: String(part + 1), checksum: checksumOf(bytes) };
  });
  const parts = sent.filter(({ command }) => command === 'UploadPart');
  expect(parts.toSorted((one, other) => Number(one.part) - Number(other.part))).toEqual(expected);
  await uploadTo(newKey(), client).run(contentOf(megabytes(1)), signal);
  const [one = Buffer.alloc(0)] = megabytes(1);
  expect(sent.at(-1)).toMatchObject({ command: 'PutObject', checksum: checksumOf(one) });
});

const PUT = ['PutObject'];
const parts = (howMany: number): readonly string[] => [
  'CreateMultipartUpload',
  ...Array(howMany).fill('UploadPart'),
  'CompleteMultipartUpload',
];

test.each([
  ['nothing', [], PUT],
  ['a byte', [1], PUT],
  ['exactly one part', [PART_BYTES], PUT],
  ['one part and a byte', [PART_BYTES, 1], parts(2)],
  ['exactly two parts', [PART_BYTES, PART_BYTES], parts(2)],
  ['chunks of several parts', [3, 2 * PART_BYTES, PART_BYTES, 7], parts(4)],
])('stores %s with the fewest requests, and measures it', async (_what, sizes, requests) => {
  const { client, sent } = watchedClient();
  const key = newKey();
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  const whole = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  expect(await uploadTo(key, client).run(contentOf(chunks), signal)).toEqual({
    bytes: whole.length,
    sha256,
  });
  expect(sent.map(({ command }) => command)).toEqual(requests);
  expect((await read(client, key)).equals(whole)).toBe(true);
});

test('gives the parts that are stored without a gap when the content breaks, and another upload continues from there', async () => {
  const { client, sent } = watchedClient();
  const key = newKey();
  const first = uploadTo(key, client);
  await expect(first.run(contentOf(breaking(14)), signal)).rejects.toThrow('it broke');
  const stored = first.stored();
  expect(stored?.mark.bytes).toBe(2 * PART_BYTES);
  expect(stored?.upload.parts).toHaveLength(2);

  const whole = Buffer.concat([...megabytes(23)]);
  const rest = whole.subarray(2 * PART_BYTES);
  const second = uploadTo(key, client, stored?.upload);
  expect(await second.run(contentOf([rest], 2 * PART_BYTES), signal)).toBeUndefined();
  expect((await read(client, key)).equals(whole)).toBe(true);
  expect(sent.filter(({ command }) => command === 'CreateMultipartUpload')).toHaveLength(1);
});

test('completes an upload whose parts are all stored', async () => {
  const { client } = watchedClient();
  const key = newKey();
  const first = uploadTo(key, client);
  const blocked = contentOf(breaking(11));
  await expect(first.run(blocked, signal)).rejects.toThrow('it broke');
  await uploadTo(key, client, first.stored()?.upload).run(contentOf([], 2 * PART_BYTES), signal);
  expect((await read(client, key)).equals(Buffer.concat([...megabytes(10)]))).toBe(true);
});
