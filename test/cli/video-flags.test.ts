import { expect, test } from 'vitest';
import { VIDEO } from '../../cli/commands.ts';
import { parseFlags } from '../../cli/flags.ts';
import { toVideoFlags } from '../../cli/video-flags.ts';
import { UsageError } from '../../local/user-error.ts';

function flags(...args: readonly string[]) {
  return toVideoFlags(parseFlags(VIDEO, args)?.values ?? expect.unreachable());
}

test('asks the stack TemplateVideo by default', async () => {
  expect(await flags('--video', 'v1')).toMatchObject({ stack: 'TemplateVideo', url: undefined, video: 'v1' });
  const arn = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Mine/1-2';
  for (const stack of [arn, 'Shop/Videos', `${arn}/Videos`])
    expect(await flags('--stack', stack)).toMatchObject({ stack });
});

test.each([
  ['https://a.example/prod/videos/', 'https://a.example/prod/videos'],
  ['http://localhost:3000/videos', 'http://127.0.0.1:3000/videos'],
])('takes --url %s', async (given, url) => {
  expect(await flags('--url', given)).toMatchObject({ url });
});

test.each([
  ['http://example.com/videos', 'is not https'],
  ['https://example.com/prod', 'does not end in /videos'],
  ['https://me:secret@example.com/videos', 'has a user name or password in it'],
  ['https://secret@example.com/videos', 'has a user name or password in it'],
  ['https://example.com/videos?token=secret', 'has a query'],
  ['https://example.com/videos#top', 'has a fragment'],
  ['ftp://example.com/videos', 'is no web address'],
  ['example.com/videos', 'is no URL'],
  ['', 'is no URL'],
])('rejects --url %j and shows no secret of it', async (url, why) => {
  await expect(flags('--url', url)).rejects.toThrow(UsageError);
  await expect(flags('--url', url)).rejects.toThrow(`${why}; allowed is the stack's output VideosUrl`);
  await expect(flags('--url', url)).rejects.toThrow(/^(?!.*secret)/);
});

test('takes an API key from the environment, and rather that of the flag', async () => {
  const environment = { templateVideoApiKey: 'environment\n' };
  const values = (...args: readonly string[]) => parseFlags(VIDEO, args)?.values ?? expect.unreachable();
  expect(await toVideoFlags(values(), environment)).toMatchObject({ key: 'environment', isKeyFlag: false });
  expect(await toVideoFlags(values('--key', 'flag'), environment)).toMatchObject({
    key: 'flag',
    isKeyFlag: true,
  });
  await expect(toVideoFlags(values(), { templateVideoApiKey: 'a b' })).rejects.toThrow(
    'TEMPLATE_VIDEO_API_KEY is not a key',
  );
});

const NEW = 'so flags of a new video cannot be used with it.';
const TASK = '--task adopts a task that exists';

test.each([
  [['--url', 'https://a.example/videos', '--stack', 'Mine'], '--url and --stack both say where to POST'],
  [['--video', 'x', '--text', 'y'], NEW],
  [['--video', 'x', '--media', 'https://a.example/1.png'], NEW],
  [['--video', 'x', '--template', '1'], NEW],
  [['--video', 'x', '--task', '1'], NEW],
  [['--video', 'x', '--idempotency-key', 'y'], NEW],
  [['--task', '1', '--text', 'y'], TASK],
  [['--task', '1', '--media', 'https://a.example/1.png'], TASK],
  [['--task', '1', '--template', '1'], TASK],
])('rejects the contradiction %j', async (args, message) => {
  await expect(flags(...args)).rejects.toThrow(message);
});

test.each([
  [['--idempotency-key', ' '], '1 to 255 printable ASCII characters, without spaces around them'],
  [['--video', ''], '--video is ""; allowed is the id of a video'],
  [['--key', 'a b'], '--key is not a key'],
  [['--key='], '--key is not a key'],
  [['--stack', 'a b'], '--stack is "a b"; allowed is the name or the ARN of a stack.'],
  [['--stack='], '--stack is ""'],
])('rejects %j', async (args, message) => {
  await expect(flags(...args)).rejects.toThrow(message);
});
