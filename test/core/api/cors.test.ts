import { expect, test } from 'vitest';
import { corsHeaders } from '../../../lambdas/core/api/cors.ts';

const APP = 'https://app.example.com';

test('names an allowed origin, and no other', () => {
  expect(corsHeaders(APP, [APP, 'http://localhost:1'])).toEqual({
    vary: 'Origin',
    'access-control-allow-origin': APP,
    'access-control-expose-headers': 'idempotency-replayed,location,retry-after,x-amzn-requestid',
  });
  const others = [
    'http://app.example.com',
    `${APP}:8443`,
    `${APP}.evil.test`,
    `${APP}/`,
    APP.toUpperCase(),
    '*',
    'null',
    '',
  ];
  for (const origin of [...others, undefined]) expect(corsHeaders(origin, [APP])).toEqual({ vary: 'Origin' });
});

test('has nothing to say without allowed origins', () => {
  for (const origin of [APP, '*', 'null', '', undefined]) expect(corsHeaders(origin, [])).toEqual({});
});
