import { expect, test } from 'vitest';
import { toVideoId, toWhere, type WhereValues } from '../../../cli/service/where.ts';
import { UsageError } from '../../../local/user-error.ts';

const where = (given: Partial<WhereValues>, environment = {}) =>
  toWhere({ stack: undefined, url: undefined, local: false, key: undefined, ...given }, environment);

test('asks the stack TemplateVideo by default', () => {
  expect(where({})).toEqual({
    stack: 'TemplateVideo',
    url: undefined,
    key: undefined,
    name: 'the stack TemplateVideo',
    flags: '--stack TemplateVideo',
  });
  const arn = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Mine/1-2';
  for (const stack of [arn, 'Shop/Videos', `${arn}/Videos`])
    expect(where({ stack })).toMatchObject({ stack });
});

test('takes --local for the service of dev without another port', () => {
  expect(where({ local: true })).toMatchObject({
    url: 'http://127.0.0.1:3000/videos',
    name: 'the service on this machine',
    flags: '--local',
  });
});

test.each([
  ['https://a.example/prod/videos/', 'https://a.example/prod/videos'],
  ['https://a.example/prod', 'https://a.example/prod/videos'],
  ['http://localhost:3000/videos', 'http://127.0.0.1:3000/videos'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/videos'],
])('takes --url %s', (given, url) => {
  expect(where({ url: given })).toMatchObject({ url, flags: `--url ${url}` });
});

test.each([
  ['http://example.com/videos', 'is not https'],
  ['https://me:secret@example.com/videos', 'has a user name or password in it'],
  ['https://secret@example.com/videos', 'has a user name or password in it'],
  ['https://example.com/videos?token=secret', 'has a query'],
  ['https://example.com/videos#top', 'has a fragment'],
  ['ftp://example.com/videos', 'is no web address'],
  ['example.com/videos', 'is no URL'],
  ['', 'is no URL'],
])('rejects --url %j and shows no secret of it', (url, why) => {
  expect(() => where({ url })).toThrow(UsageError);
  expect(() => where({ url })).toThrow(`${why}; allowed is the stack's output VideosUrl`);
  expect(() => where({ url })).toThrow(/^(?!.*secret)/);
});

test('takes an API key from the environment, and rather that of the flag, and shows none of them', () => {
  const environment = { templateVideoApiKey: 'environment\n' };
  expect(where({}, environment)).toMatchObject({ key: 'environment', flags: '--stack TemplateVideo' });
  const flag = where({ key: 'flag' }, environment);
  expect(flag).toMatchObject({ key: 'flag', flags: '--stack TemplateVideo --key …' });
  expect(() => where({}, { templateVideoApiKey: 'a b' })).toThrow('TEMPLATE_VIDEO_API_KEY is not a key');
});

test.each<[Partial<WhereValues>, string]>([
  [{ url: 'https://a.example', stack: 'Mine' }, '--url and --stack both say which service to call'],
  [{ url: 'https://a.example', local: true }, '--url and --local both say which service to call'],
  [{ stack: 'Mine', local: true }, '--stack and --local both say which service to call'],
  [{ key: 'a b' }, '--key is not a key'],
  [{ key: '' }, '--key is not a key'],
  [{ stack: 'a b' }, '--stack is "a b"; allowed is the name or the ARN of a stack.'],
  [{ stack: '' }, '--stack is ""'],
])('rejects %j', (given, message) => {
  expect(() => where(given)).toThrow(message);
});

test('rejects what is no id of a video', () => {
  expect(toVideoId('ID', 'v1')).toBe('v1');
  for (const wrong of ['', '..', 'a/b', 'a b'])
    expect(() => toVideoId('ID', wrong)).toThrow(`ID is "${wrong}"; allowed is the id of a video.`);
});
