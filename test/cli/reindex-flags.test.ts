import { expect, test } from 'vitest';
import { toReindexFlags } from '../../cli/reindex-flags.ts';

test('reindexes the stack TemplateVideo by default', () => {
  expect(toReindexFlags({ stack: undefined, local: false })).toEqual({
    stack: 'TemplateVideo',

    isLocal: false,
  });
  expect(toReindexFlags({ stack: 'Mine', local: false })).toEqual({
    stack: 'Mine',

    isLocal: false,
  });
  expect(toReindexFlags({ stack: undefined, local: true })).toMatchObject({ isLocal: true });
});

test.each([
  [{ stack: 'Mine', local: true }, '--local and --stack both say whose table it is; give one of them.'],
  [{ stack: 'a b', local: false }, '--stack is "a b"; allowed is the name or the ARN of a stack.'],
])('rejects %j', (values, message) => {
  expect(() => toReindexFlags(values)).toThrow(message);
});
