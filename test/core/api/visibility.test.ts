import { expect, test } from 'vitest';
import { mayUse, usableUploads } from '../../../lambdas/core/api/visibility.ts';
import { uploadViolation } from '../../../lambdas/core/image/image.ts';
import { uploadPrefix } from '../../../lambdas/core/storage-keys.ts';

test.each([
  ['owner', 'iam A', true],
  ['owner', 'iam B', false],
  ['owner', 'iam a', false],
  ['owner', undefined, false],
  ['everyone', 'iam A', true],
  ['everyone', 'iam B', true],
  ['everyone', undefined, true],
] as const)('with visibility=%s, lets "iam A" use a video of %s: %s', (visibility, ofVideo, isAllowed) => {
  expect(mayUse(visibility, 'iam A', ofVideo)).toBe(isAllowed);
});

test('keeps the uploads of each owner under a hash of it', () => {
  // As `printf 'iam A' | sha256sum` prints it.
  expect(uploadPrefix('iam A')).toBe('uploads/c11093eb6155d4fcdf6c2d6b95ab5f88/');
  expect(uploadPrefix('iam A')).not.toBe(uploadPrefix('iam B'));
});

const own = uploadPrefix('iam A');
const other = uploadPrefix('iam B');

test.each([
  ['an own one', `s3://ours/${own}pet`, undefined],
  ['a link elsewhere', `https://ours/${other}pet`, undefined],
  ['one of another owner', `s3://ours/${other}pet`, 'must be an upload of yours'],
  ['one without an owner', 's3://ours/uploads/pet', 'must be an upload of yours'],
  ['the prefix without its slash', `s3://ours/${own.slice(0, -1)}`, 'must be an upload of yours'],
  [
    'a prefix that begins like the own one',
    `s3://ours/${own.slice(0, -1)}0/pet`,
    'must be an upload of yours',
  ],
  [
    'the prefix in capitals',
    `s3://ours/uploads/${own.slice(8).toUpperCase()}pet`,
    'must be an upload of yours',
  ],
  ['a way out of the own prefix', `s3://ours/${own}../${other.slice(8)}pet`, 'must be under uploads/'],
  ['an encoded way out', `s3://ours/${own}%2e%2e/${other.slice(8)}pet`, 'must be under uploads/'],
  ['a bucket in capitals', `s3://OURS/${own}pet`, 'must be under uploads/'],
  ['a scheme in capitals', `S3://ours/${own}pet`, 'must be under uploads/'],
])('takes of the uploads: %s', (_what, value, why) => {
  const violation = uploadViolation(value, { bucket: 'ours', prefix: usableUploads('owner', 'iam A') });
  expect(violation).toEqual(why === undefined ? undefined : expect.stringContaining(why));
});

test.each([
  ['everyone', 'iam A'],
  ['owner', undefined],
] as const)('takes every upload of the bucket with visibility=%s for %s', (visibility, owner) => {
  const uploads = { bucket: 'ours', prefix: usableUploads(visibility, owner) };
  expect(uploadViolation(`s3://ours/${other}pet`, uploads)).toBeUndefined();
  expect(uploadViolation('s3://ours/uploads/pet', uploads)).toBeUndefined();
  expect(uploadViolation('s3://ours/videos/v1/video.mp4', uploads)).toContain('must be under uploads/');
});
