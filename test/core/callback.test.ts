import { expect, test } from 'vitest';
import { answerToChallenge, wasChallenged } from '../../lambdas/core/callback.ts';
import { callbackKey, callbackTokenKey } from '../../lambdas/core/storage-keys.ts';

test.each([
  ['text', '{"challenge":"abc"}'],
  ['empty text', '{"challenge":""}'],
  ['a number', '{"challenge":17}'],
  ['the largest safe number', '{"challenge":9007199254740991}'],
  ['a negative number', '{"challenge":-17}'],
  ['text with characters of every kind', '{"challenge":"\\"\\\\ ä 😀 </script>"}'],
])('echoes a challenge that is %s', (_kind, body) => {
  expect(answerToChallenge(body)).toBe(body);
});

test('answers with the challenge alone', () => {
  expect(answerToChallenge(' { "model": "x", "challenge" : "abc", "more":[1] } ')).toBe(
    '{"challenge":"abc"}',
  );
});

test('answers a challenge after a byte order mark', () => {
  expect(answerToChallenge('\ufeff{"challenge":"abc"}')).toBe('{"challenge":"abc"}');
});

test.each([
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['a list as the body', '["challenge"]'],
  ['text', '"challenge"'],
  ['null as the body', 'null'],
  ['a status', '{"task_id":"1","status":"success"}'],
  ['a status that has a challenge as well', '{"status":"success","challenge":null}'],
  ['a task that has a challenge as well', '{"task_id":"1","challenge":""}'],
  ['a challenge that only the prototype has', '{"__proto__":{"challenge":"abc"}}'],
  ['a number beyond 2^53', '{"challenge":393769180141805569123}'],
  ['a number with a fraction', '{"challenge":0.10000000000000000001}'],
  ['null', '{"challenge":null}'],
  ['a truth value', '{"challenge":true}'],
  ['a list', '{"challenge":["abc"]}'],
  ['an object', '{"challenge":{"a":1}}'],
  ['more than it reads', JSON.stringify({ challenge: 'x'.repeat(5000) })],
])('finds no challenge in %s', (_kind, body) => {
  expect(answerToChallenge(body)).toBeUndefined();
});

test('has keys with the id of the video, also with characters of a replacement pattern', () => {
  expect(callbackKey('v$&1')).toBe('videos/v$&1/callback.json');
  expect(callbackTokenKey('v$&1')).toBe('videos/v$&1/callback-token.json');
});

test.each([
  [{ challenged_at: '2026-11-22T10:00:00.000Z' }, true],
  [{ challenged_at: '2026-11-22T09:59:59.999Z' }, false],
  [{ challenged_at: 'x' }, false],
  [{}, false],
  [undefined, false],
])('takes %j for a challenge of this execution: %s', (found, isOurs) => {
  expect(wasChallenged(found, '2026-11-22T10:00:00.000Z')).toBe(isOurs);
});
