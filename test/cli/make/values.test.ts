import { expect, test } from 'vitest';
import { type MakeValues, rejectContradictions } from '../../../cli/make/values.ts';

const VALUES: MakeValues = {
  stack: undefined,
  url: undefined,
  local: false,
  key: undefined,
  out: 'out',
  open: false,
  json: false,
  here: false,
  'dry-run': false,
  yes: false,
};

const NEW = 'so flags of a new video cannot be used with it.';
test.each<[Partial<MakeValues>, string]>([
  [{ video: 'x', text: ['y'] }, NEW],
  [{ video: 'x', template: '1' }, NEW],
  [{ video: 'x', task: '1' }, NEW],
  [{ video: 'x', 'idempotency-key': 'y' }, NEW],
  [{ video: 'x', 'dry-run': true }, NEW],
  [{ here: true, local: true }, '--here runs a service of its own, so --local cannot be used with it.'],
  [{ here: true, stack: 'Mine' }, 'so --stack cannot be used with it.'],
  [{ here: true, url: 'https://a.example' }, 'so --url cannot be used with it.'],
  [{ here: true, key: 'k' }, 'so --key cannot be used with it.'],
  [{ here: true, video: 'v1' }, 'so --video cannot be used with it.'],
  [{ here: true, 'idempotency-key': 'k' }, 'so --idempotency-key cannot be used with it.'],
  [{ 'idempotency-key': ' ' }, '1 to 255 printable ASCII characters, without spaces around them'],
])('rejects %j', (given, message) => {
  rejectContradictions(VALUES);
  expect(() => rejectContradictions({ ...VALUES, ...given })).toThrow(message);
});
