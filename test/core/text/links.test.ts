import { expect, test } from 'vitest';
import { MAX_REQUEST_BYTES } from '../../../lambdas/core/api/request.ts';
import { withoutLinks } from '../../../lambdas/core/text/links.ts';

test.each([
  ['https://a.example/pet.jpg', '(a link to a.example)'],
  ['see https://a.example/pet.jpg?Signature=s please', 'see (a link to a.example) please'],
  ['HTTPS://a.example:8443/pet', '(a link to a.example:8443)'],
  ['https://user:password@a.example/', '(a link to a.example)'],
  ['https://a.example/a"b\'c<d>e?Signature=s', '(a link to a.example)'],
  ['"https://a.example/pet?sig=s"', '(a link)'],
  ['//a.example/pet?sig=s', '(a link)'],
  ['/pet.jpg?sig=s', '(a link)'],
  ['https%3A%2F%2Fa.example%2Fpet', '(a link)'],
  ['X-Amz-Signature=abc', '(a link)'],
  ['https://', '(a link)'],
  ['s3://bucket/pet.jpg', 's3://bucket/pet.jpg'],
  ['s3://bucket/pet.jpg?Signature=s', '(a link)'],
  ['s3://bucket/pet.jpg#Signature=s', '(a link)'],
  ['s3://bucket/pet.jpg,https://a.example/t/secret', '(a link)'],
  [String.raw`https:\/\/a.example\/t\/secret`, '(a link to a.example)'],
  ['Is it a Lion? Yes: 50/50', 'Is it a Lion? Yes: 50/50'],
])('%s', (text, expected) => {
  expect(withoutLinks(text)).toBe(expected);
});

test.each([
  ['questions', '?'],
  ['signatures that never come', 'X-Amz-'],
  ['beginnings of links', 'https:'],
  ['colons and slashes', ':/'],
  ['words', 'a? '],
  ['links', 'https://a.example/?a=b '],
])(
  'runs in linear time for %s as long as a request',
  (_what, part) => {
    const text = part.repeat(Math.ceil(MAX_REQUEST_BYTES / part.length));
    expect(withoutLinks(text)).not.toBe('');
  },
  10_000,
);

test('replaces links in lists and objects, and in their names', () => {
  const link = 'https://a.example/?Signature=s';
  expect(withoutLinks({ list: [link, 1, null], [link]: { deep: link } })).toEqual({
    list: ['(a link to a.example)', 1, null],
    '(a link to a.example)': { deep: '(a link to a.example)' },
  });
});
