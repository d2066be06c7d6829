import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type * as ListState from '../../../page/list/list-state.ts';

let state: typeof ListState;
beforeAll(async () => {
  // The client resolves its address against that of the page.
  vi.stubGlobal('location', { href: 'http://127.0.0.1:1/' });
  state = await import('../../../page/list/list-state.ts');
});
afterAll(() => void vi.unstubAllGlobals());

describe('the address of a list', () => {
  test('says of which page of which list it is', () => {
    const query =
      'status=failed&template=1&after=2026-11-01&before=2026-11-02&metadata=order%3D17&cursor=c&page=3';
    const place = state.readPlace(query);
    expect(place).toEqual({
      filters: {
        status: 'failed',
        template: '1',
        after: '2026-11-01',
        before: '2026-11-02',
        metadata: 'order=17',
      },
      cursor: 'c',
      page: 3,
    });
    expect(state.toQuery(place)).toBe(query);
    expect(state.readPlace('')).toEqual({ filters: state.NO_FILTERS, cursor: undefined, page: 1 });
    expect(state.toQuery({ filters: state.NO_FILTERS, page: 1 })).toBe('');
  });

  test.each(['0', '-1', '1.5', 'x', '', '1e400', '9007199254740993'])(
    'has the first page for page=%s',
    (page) => {
      expect(state.readPlace(`page=${page}`).page).toBe(1);
    },
  );

  test('holds any text, and ignores what it does not know', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (metadata, template) => {
        const filters = { ...state.NO_FILTERS, metadata, template };
        expect(state.readPlace(state.toQuery({ filters, page: 1 })).filters).toEqual(filters);
      }),
    );
    expect(state.readPlace('__proto__=1&owner=2').filters).toEqual(state.NO_FILTERS);
  });
});

test.each([
  ['order=17', ['order', '17']],
  ['order=', ['order', '']],
  ['a=b=c', ['a', 'b=c']],
  ['__proto__=x', ['__proto__', 'x']],
  ['=17', []],
  ['order', []],
  ['', []],
])('the metadata %j are %j', (text, parts) => {
  expect(state.splitMetadata(text)).toEqual(parts);
});
