import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectImage, inspectWhole, isInS3, toUploadKey } from '../../../lambdas/core/image/image.ts';
import { jpegOf, pngOf, webpOf } from '../../harness/images.ts';

const MAKERS = [
  ['image/png', pngOf],
  ['image/jpeg', jpegOf],
  ['image/webp', webpOf],
] as const;

test.each(MAKERS)(
  'accepts %s by its leading bytes, with more than 300 pixels and from 2:5 to 5:2',
  (type, make) => {
    for (const [width, height] of [
      [301, 301],
      [301, 752],
      [752, 301],
      [4000, 3000],
    ] as const)
      expect(inspectWhole(make(width, height))).toEqual({ type });
    expect(inspectWhole(make(300, 600))).toEqual({
      why: 'has 300 x 600 pixels; its short side must have more than 300',
    });
    expect(inspectWhole(make(301, 753))).toEqual({
      why: 'has 301 x 753 pixels; its shape must be from 2:5 to 5:2',
    });
  },
);

test.each([
  ['a GIF', Buffer.from('GIF89a----------')],
  ['a page', Buffer.from('<!doctype html><title>')],
  ['nothing', Buffer.alloc(0)],
  ['eleven bytes of a WebP', webpOf(400, 400).subarray(0, 11)],
])('rejects %s', (_name, bytes) => {
  expect(inspectWhole(bytes)).toEqual({ why: 'is not a JPEG, PNG or WebP image' });
});

test('rejects twenty megabytes of any content, and accepts one byte less', () => {
  const large = Buffer.alloc(20_000_000);
  large.set(pngOf(400, 400));
  expect(inspectWhole(large)).toEqual({
    why: 'has 20000000 bytes; MiniMax accepts images under 20000000',
  });
  expect(inspectWhole(large.subarray(1, 2))).toHaveProperty('why');
  expect(inspectWhole(large.subarray(0, -1))).toEqual({ type: 'image/png' });
});

test('asks for more of an image whose beginning has no size', () => {
  const image = jpegOf(400, 400, 300_000);
  expect(inspectImage(image.subarray(0, 4_000), image.length)).toEqual({
    outcome: 'unclear',
    type: 'image/jpeg',
  });
  expect(inspectImage(image, image.length)).toEqual({ outcome: 'fits', type: 'image/jpeg' });
  expect(inspectWhole(image.subarray(0, 4_000))).toEqual({
    why: 'is broken: its width and height cannot be read',
  });
});

test.each(MAKERS)('never rejects the beginning of a valid %s, of any length', (_type, make) => {
  for (const padding of [0, 20, 5_000]) {
    const image = Buffer.concat([make(400, 600, padding), Buffer.alloc(100)]);
    for (let bytes = 12; bytes < Math.min(image.length, 6_000); bytes += 1)
      expect(inspectImage(image.subarray(0, bytes), image.length).outcome).not.toBe('wrong');
  }
});

test('searches a complete image to its end for its size', () => {
  expect(inspectWhole(jpegOf(10, 10, 1_200_000))).toHaveProperty('why');
  expect(inspectWhole(jpegOf(400, 400, 1_200_000))).toEqual({ type: 'image/jpeg' });
  expect(inspectWhole(Buffer.concat([pngOf(400, 400).subarray(0, 8), Buffer.alloc(1_100_000)]))).toEqual({
    why: 'is broken: its width and height cannot be read',
  });
});

test('accepts a JPEG with fill bytes before its first segment', () => {
  const image = jpegOf(400, 400);
  const filled = Buffer.concat([image.subarray(0, 2), Buffer.from('ffff', 'hex'), image.subarray(2)]);
  expect(inspectWhole(filled)).toEqual({ type: 'image/jpeg' });
});

test('never throws, for any bytes after the first', () => {
  const starts = MAKERS.map(([, make]) => make(400, 400).subarray(0, 16));
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 2_000 }), (start, rest) => {
      const inspected = inspectWhole(Buffer.concat([start, rest]));
      expect('why' in inspected || 'type' in inspected).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  ['s3://ours/uploads/pet', 'uploads/pet'],
  [`s3://ours/uploads/${'x'.repeat(248)}`, `uploads/${'x'.repeat(248)}`],
  [`s3://ours/uploads/${'x'.repeat(249)}`, undefined],
  ['s3://ours/videos/1/video.mp4', undefined],
  ['s3://another/uploads/pet', undefined],
  ['s3://ours.evil/uploads/pet', undefined],
  ['https://ours/uploads/pet', undefined],
  ["s3://ours/uploads/mein Bär (2)/pet's.jpg", "uploads/mein Bär (2)/pet's.jpg"],
  ['s3://ours/uploads/', undefined],
  ['s3://ours/uploads/a\u0000b', undefined],
  ['s3://ours/uploads/\ud800', undefined],
  ['s3://ours/uploads/a?b=c', undefined],
  ['s3://ours/uploads/a/b.c/..d/e..', 'uploads/a/b.c/..d/e..'],
  ['s3://ours/uploads/../videos/1/video.mp4', undefined],
  ['s3://ours/uploads/..', undefined],
  ['s3://ours/uploads/.', undefined],
  ['s3://ours/uploads/./a', undefined],
  ['s3://ours/uploads/a/../b', undefined],
  ['s3://ours/uploads/a/./b', undefined],
  ['s3://ours/uploads//a', undefined],
  ['s3://ours/uploads/a//b', undefined],
  ['s3://ours/uploads/a/', undefined],
  ['s3://ours//uploads/a', undefined],
  ['s3://ours/a/../uploads/b', undefined],
  ['s3://ours/uploads/%2e%2e/a', undefined],
  ['s3://ours/uploads/%2E/a', undefined],
  ['s3://ours/uploads/a%2fb', undefined],
  ['s3://ours/uploads/a\\..\\b', undefined],
  ['s3://ours/uploads/a\nb', undefined],
  ['s3://ours/uploads/a\u202eb', undefined],
  ['s3://ours/uploads/a\u3164b', undefined],
  ['s3://ours/uploads/a#b', undefined],
  ['s3://OURS/uploads/a', undefined],
  ['s3://user@ours/uploads/a', undefined],
  [' s3://ours/uploads/a', undefined],
])('reads the key of an upload: %s', (value, key) => {
  expect(toUploadKey(value, 'ours')).toBe(key);
  expect(isInS3(value.toUpperCase())).toBe(/^s3/.test(value));
});
