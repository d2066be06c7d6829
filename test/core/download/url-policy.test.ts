import { expect, test } from 'vitest';
import { toDownloadUrl, toTrustedOrigins } from '../../../lambdas/core/download/url-policy.ts';

test.each([
  ['https://cdn.hailuoai.com/v.mp4?Signature=1', 'https://cdn.hailuoai.com/v.mp4?Signature=1'],
  ['http://cdn.hailuoai.com/v.mp4', 'https://cdn.hailuoai.com/v.mp4'],
  ['https://cdn.hailuoai.com:443/v.mp4', 'https://cdn.hailuoai.com/v.mp4'],
])('downloads %s from %s', (link, url) => {
  expect(toDownloadUrl(link, []).href).toBe(url);
});

test.each([
  ['not a link', 'is not a URL'],
  ['ftp://cdn.example/v.mp4', 'uses ftp instead of https'],
  ['file:///etc/passwd', 'uses file instead of https'],
  ['https://cdn.example:8443/v.mp4', 'names the port 8443'],
  ['http://cdn.example:8080/v.mp4', 'names the port 8080'],
  ['https://user:secret@cdn.example/v.mp4', 'contains credentials for cdn.example'],
  ['https://127.1/v.mp4', 'leads to 127.0.0.1, whose address 127.0.0.1 is not public'],
  ['https://[::1]/v.mp4', 'leads to [::1], whose address ::1 is not public'],
])('rejects %s without repeating it', (link, why) => {
  expect(() => toDownloadUrl(link, [])).toThrow(
    expect.objectContaining({
      name: 'VideoRejected',
      message: `The link ${why}${/port/.test(why) ? ' of cdn.example' : ''}.`,
    }),
  );
});

test('accepts a trusted origin unchanged, and only that origin', () => {
  const trusted = ['http://127.0.0.1:8080'];
  expect(toDownloadUrl('http://127.0.0.1:8080/v.mp4', trusted).href).toBe('http://127.0.0.1:8080/v.mp4');
  expect(() => toDownloadUrl('http://127.0.0.1:8081/v.mp4', trusted)).toThrow('names the port 8081');
});

test('resolves a relative redirect', () => {
  expect(toDownloadUrl('/b.mp4', [], new URL('https://cdn.example/a')).href).toBe(
    'https://cdn.example/b.mp4',
  );
});

test('reads the list of trusted origins', () => {
  expect(toTrustedOrigins(' http://a.example, https://b.example ,')).toEqual([
    'http://a.example',
    'https://b.example',
  ]);
  expect(toTrustedOrigins('')).toEqual([]);
});
