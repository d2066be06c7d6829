import { expect, test } from 'vitest';
import { toHostContext, toMiniMaxChoice } from '../../cli/minimax-choice.ts';
import { endNotice, serviceNotice, startNotice } from '../../cli/minimax-notice.ts';

const RUN_FOR_LIFE = '393769180141805569';
const UNKNOWN = '1';
const REAL = { apiKey: 'sk-1' };

function choose(minimaxApiKey?: string, minimaxApiHost?: string) {
  return toMiniMaxChoice({ minimaxApiKey, minimaxApiHost, hasAwsCredentials: false });
}

test('takes a key as it is, without the line break at its end', () => {
  expect(choose('sk-1')).toEqual({ apiKey: 'sk-1' });
  expect(choose('sk-1\n')).toEqual({ apiKey: 'sk-1' });
  expect(choose('sk-1\r\n')).toEqual({ apiKey: 'sk-1' });
  expect(choose()).toEqual({});
});

test.each(['', '\n'])('takes an empty variable for one that is not set: %j', (empty) => {
  expect(choose(empty, empty)).toEqual({});
  expect(choose('sk-1', empty)).toEqual({ apiKey: 'sk-1' });
});

test.each([
  [' sk-secret', 'has a space'],
  ['sk-secret ', 'has a space'],
  ['sk-secret\nsk-other', 'has a space or a line break'],
  ['Bearer sk-secret', 'has a space'],
  ['"sk-secret"', 'has quotes'],
  ["'sk-secret'", 'has quotes'],
  ['“sk-secret”', 'has a character that is not visible ASCII'],
  ['sk-secret\u200b', 'has a character that is not visible ASCII'],
])('rejects the key %j, and does not show it', (key, why) => {
  expect(() => choose(key)).toThrow(`MINIMAX_API_KEY ${why}`);
  expect(() => choose(key)).toThrow(/^(?!.*secret)/);
});

test.each(['api.minimax.io', 'http://minimax.example', 'https://minimax.example/v1', 'ftp://a.example'])(
  'rejects the host %j, with or without a key',
  (host) => {
    expect(() => choose('sk-1', host)).toThrow(`MINIMAX_API_HOST is "${host}"; allowed is an https origin`);
    expect(() => choose(undefined, host)).toThrow('MINIMAX_API_HOST');
  },
);

test("leaves the project's own host where no host is chosen", () => {
  expect(Object.keys(toHostContext({}))).toEqual([]);
  expect(toHostContext({ host: 'https://a.example' })).toEqual({ minimaxHost: 'https://a.example' });
});

test('takes a host, and shows no password of a wrong one', () => {
  expect(choose('sk-1', 'https://api.minimaxi.com/\n').host).toBe('https://api.minimaxi.com');
  expect(() => choose('sk-1', 'https://me:secret@api.minimax.io')).toThrow(/^(?!.*secret)/);
});

test('says at the start and at the end that a simulated video is a test clip', () => {
  const start = startNotice({}, RUN_FOR_LIFE).join('\n');
  expect(start).toContain('No MINIMAX_API_KEY is set, so a simulated MiniMax answers.');
  expect(start).toContain('not the video that you ask for');
  expect(start).toMatch(/set MINIMAX_API_KEY to your key\. MiniMax then charges .+\$0\.45/);
  const end = endNotice({}, RUN_FOR_LIFE).join('\n');
  expect(end).toContain('not the video that you asked for');
  expect(end).toContain('MINIMAX_API_KEY');
});

test('says what the real MiniMax charges for, and nothing at the end', () => {
  expect(startNotice(REAL, RUN_FOR_LIFE).join('\n')).toMatch(
    /real MiniMax at https:\/\/api\.minimax\.io makes .+\$0\.45/,
  );
  expect(startNotice(REAL, UNKNOWN).join('\n')).toContain('the price is not known here');
  expect(startNotice(REAL, undefined).join('\n')).toContain('There is no new charge.');
  expect(endNotice(REAL, RUN_FOR_LIFE)).toEqual([]);
});

test('names the MiniMax of a running service, and the price of its videos', () => {
  expect(serviceNotice({}).join('\n')).toMatch(
    /a simulated MiniMax answers.+set MINIMAX_API_KEY.+\$0\.35 to/s,
  );
  expect(serviceNotice(REAL).join('\n')).toMatch(/charges for each \(\$0\.35 to \$2\.00/);
});
