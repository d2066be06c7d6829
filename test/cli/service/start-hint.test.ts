import { expect, test } from 'vitest';
import { startHintFor } from '../../../cli/service/start-hint.ts';

test.each(['127.0.0.1:3000', 'localhost:3000', '[::1]:3000'])('says how to start a service at %s', (host) => {
  expect(startHintFor({ host, reason: 'ECONNREFUSED' })).toMatch(/^Start the service there: .*dev$/);
});

test.each([
  ['videos.example.com', 'ECONNREFUSED'],
  ['127.0.0.1.example.com', 'ECONNREFUSED'],
  ['127.0.0.1:3000', 'ECONNRESET'],
])('says nothing about %s after %s', (host, reason) => {
  expect(startHintFor({ host, reason })).toBeUndefined();
});

test('names the port where it is not that of dev', () => {
  expect(startHintFor({ host: '127.0.0.1:4567', reason: 'ECONNREFUSED' })).toMatch(/dev .*--port 4567$/);
});
