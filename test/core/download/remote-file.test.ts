import { expect, test } from 'vitest';
import {
  isPage,
  toBeginning,
  toRemoteFile,
  validateRangeResponse,
} from '../../../lambdas/core/download/remote-file.ts';

const MOMENTS = { 'last-modified': 'Sun, 01 Nov 2026 00:00:00 GMT', date: 'Sun, 01 Nov 2026 00:00:01 GMT' };

test.each([
  [
    { 'content-length': '10', etag: '"a"' },
    { totalBytes: 10, validator: '"a"', hasKnownEnd: true },
  ],
  [
    { 'content-length': '10', etag: 'W/"a"', ...MOMENTS },
    { totalBytes: 10, weakValidator: 'W/"a"', hasKnownEnd: true },
  ],
  [
    { 'content-length': '10', 'last-modified': MOMENTS['last-modified'] },
    { totalBytes: 10, weakValidator: MOMENTS['last-modified'], hasKnownEnd: true },
  ],
  [
    { 'content-length': '10', etag: 'W/"a"', 'accept-ranges': 'none' },
    { totalBytes: 10, hasKnownEnd: true },
  ],
  [{ 'transfer-encoding': 'chunked' }, { hasKnownEnd: true }],
  [{}, { hasKnownEnd: false }],
  [{ etag: 'W/"a"', ...MOMENTS }, { hasKnownEnd: false }],
  [MOMENTS, { validator: MOMENTS['last-modified'], hasKnownEnd: false }],
  [{ ...MOMENTS, date: MOMENTS['last-modified'] }, { hasKnownEnd: false }],
  [{ ...MOMENTS, date: 'yesterday' }, { hasKnownEnd: false }],
  [{ 'last-modified': MOMENTS['last-modified'] }, { hasKnownEnd: false }],
  [{ etag: '"a"', 'accept-ranges': 'none' }, { hasKnownEnd: false }],
  [{ etag: 'abc', ...MOMENTS }, { hasKnownEnd: false }],
  [{ 'content-length': 'ten' }, { hasKnownEnd: false }],
  [{ 'transfer-encoding': 'identity' }, { hasKnownEnd: false }],
  [{ 'transfer-encoding': 'gzip, Chunked ' }, { hasKnownEnd: true }],
  [{ 'content-type': 'text/html; charset=utf-8' }, { hasKnownEnd: false, contentDescription: 'text/html' }],
  [
    { 'content-type': 'video/mp4', 'content-encoding': 'gzip' },
    { hasKnownEnd: false, contentDescription: 'video/mp4 in gzip', coding: 'gzip' },
  ],
  [
    { 'content-encoding': 'X-GZip', 'content-length': '10', etag: '"a"' },
    { hasKnownEnd: true, contentDescription: 'X-GZip', coding: 'gzip' },
  ],
  [
    { 'content-encoding': 'br', 'transfer-encoding': 'chunked' },
    { hasKnownEnd: true, contentDescription: 'br', coding: 'br' },
  ],
  [
    { 'content-encoding': 'aws-chunked', 'content-length': '10' },
    { hasKnownEnd: true, contentDescription: 'aws-chunked', totalBytes: 10, weakValidator: '' },
  ],
  [{ 'content-type': '<script>' }, { hasKnownEnd: false }],
])('reads %j', (headers, expected) => {
  expect(toRemoteFile(headers)).toEqual(expected);
});

const FILE = { totalBytes: 10, validator: '"a"', hasKnownEnd: true };

test('accepts the rest of the file, or the beginning of the rest', () => {
  expect(validateRangeResponse(FILE, 4, { 'content-range': 'bytes 4-9/10', etag: '"a"' })).toEqual({
    file: FILE,
  });
  expect(validateRangeResponse(FILE, 4, { 'content-range': 'bytes 4-9/10' })).toEqual({ file: FILE });
  expect(validateRangeResponse(FILE, 4, { 'content-range': 'Bytes 4-6/10' })).toEqual({ file: FILE });
});

test('learns the length from the rest where it was unknown before', () => {
  const file = { validator: '"a"', hasKnownEnd: false };
  expect(validateRangeResponse(file, 4, { 'content-range': 'bytes 4-9/10' })).toEqual({
    file: { ...file, totalBytes: 10, hasKnownEnd: true },
  });
});

test.each([
  [{}, 'its server sent the rest without a usable Content-Range'],
  [{ 'content-range': 'bytes */10' }, 'its server sent the rest without a usable Content-Range'],
  [{ 'content-range': 'bytes 4-9/*' }, 'its server sent the rest without a usable Content-Range'],
  [
    { 'content-range': 'bytes 3-9/10' },
    'its server sent the bytes 3 to 9 of 10, although the rest from 4 was requested',
  ],
  [
    { 'content-range': 'bytes 4-10/10' },
    'its server sent the bytes 4 to 10 of 10, although the rest from 4 was requested',
  ],
  [{ 'content-range': 'bytes 4-9/10', 'content-encoding': 'gzip' }, 'its server sent the rest in gzip'],
  [{ 'content-range': 'bytes 4-10/11' }, 'it had 10 bytes, and now has 11'],
  [{ 'content-range': 'bytes 4-9/10', etag: '"b"' }, 'it is another file than before'],
])('does not accept %j as the rest', (headers, why) => {
  expect(validateRangeResponse(FILE, 4, headers)).toEqual({ why });
});

test('does not accept the rest of a file with another date, also without If-Range', () => {
  const file = { totalBytes: 10, validator: MOMENTS['last-modified'], hasKnownEnd: true };
  const label = { 'content-range': 'bytes 4-9/10' };
  const changed = { 'last-modified': 'Mon, 02 Nov 2026 00:00:00 GMT' };
  expect(validateRangeResponse(file, 4, { ...label, ...MOMENTS, etag: '"new"' })).toEqual({ file });
  expect(validateRangeResponse(file, 4, { ...label, ...changed })).toEqual({
    why: 'it is another file than before',
  });
});

test('accepts a rest without a strong validator only where all known values are equal', () => {
  const label = { 'content-range': 'bytes 4-9/10' };
  const other = { why: 'it is another file than before' };
  const tagged = { totalBytes: 10, weakValidator: 'W/"a"', hasKnownEnd: true };
  expect(validateRangeResponse(tagged, 4, { ...label, etag: 'W/"a"' })).toEqual({ file: tagged });
  expect(validateRangeResponse(tagged, 4, { ...label, etag: 'W/"b"' })).toEqual(other);
  expect(validateRangeResponse(tagged, 4, label)).toEqual(other);
  const bare = { ...tagged, weakValidator: '' };
  expect(validateRangeResponse(bare, 4, { ...label, ...MOMENTS })).toEqual({ file: bare });
  expect(validateRangeResponse(bare, 4, { 'content-range': 'bytes 4-9/11' })).toMatchObject({
    why: expect.any(String),
  });
});

test.each([
  [200, { 'content-length': '10' }, { totalBytes: 10, weakValidator: '', hasKnownEnd: true }],
  [203, { 'content-length': '10' }, { totalBytes: 10, weakValidator: '', hasKnownEnd: true }],
  [206, { 'content-range': 'bytes 0-3/10' }, { totalBytes: 10, weakValidator: '', hasKnownEnd: true }],
  [226, {}, { hasKnownEnd: false }],
  [206, { 'content-range': 'bytes 0-9/10', 'content-length': '10', etag: '"a"' }, FILE],
  [206, { 'content-range': 'bytes 0-3/10', 'content-length': '4', etag: '"a"' }, FILE],
  [206, { 'content-range': 'bytes 0-3/*', 'content-length': '4' }, { hasKnownEnd: false }],
  [206, { 'content-length': '10', etag: '"a"' }, FILE],
  [206, { 'content-type': 'video/mp4' }, { hasKnownEnd: false, contentDescription: 'video/mp4' }],
])('accepts HTTP %i with %j as the file from its first byte on', (statusCode, headers, file) => {
  expect(toBeginning({ statusCode, headers })).toEqual({ file });
});

test.each([
  [204, {}, 'answered HTTP 204'],
  [205, { 'content-length': '10' }, 'answered HTTP 205'],
  [304, {}, 'answered HTTP 304'],
  [503, {}, 'answered HTTP 503'],
  [206, { 'content-range': 'bytes */10' }, 'answered HTTP 206 without a usable Content-Range'],
  [
    206,
    { 'content-type': 'Multipart/byteranges; boundary=x' },
    'answered HTTP 206 without a usable Content-Range',
  ],
  [206, { 'content-range': 'bytes 4-9/10' }, 'answered HTTP 206 with the bytes from 4 on'],
  [206, { 'content-range': 'bytes 0-9/10', 'content-encoding': 'gzip' }, 'answered HTTP 206 in gzip'],
])('does not accept HTTP %i with %j', (statusCode, headers, why) => {
  expect(toBeginning({ statusCode, headers })).toEqual({ why });
});

test.each([
  [{ 'content-type': 'text/html; charset=utf-8' }, true],
  [{ 'content-type': 'application/json' }, true],
  [{ 'content-type': 'application/problem+json' }, true],
  [{ 'content-type': 'application/xml' }, true],
  [{ 'content-length': '0' }, true],
  [{ 'content-type': 'video/mp4' }, false],
  [{ 'content-type': 'application/octet-stream' }, false],
  [{}, false],
])('decides whether %j is a page instead of a video', (headers, expected) => {
  expect(isPage({ headers })).toBe(expected);
});
