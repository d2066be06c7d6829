import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hrefOf, makeHref, toRoute } from '../../../page/route.ts';

describe('the route of an address', () => {
  test.each([
    ['', { view: 'make' }],
    ['#', { view: 'make' }],
    ['#/', { view: 'make' }],
    ['#/?template=1', { view: 'make', template: '1' }],
    ['#/?from=v1', { view: 'make', from: 'v1' }],
    ['#/?template=%3Cimg%20src=x%3E', { view: 'make', template: '<img src=x>' }],
    ['#/nothing', { view: 'make' }],
    ['#/videos', { view: 'videos', query: '' }],
    ['#/videos/', { view: 'videos', query: '' }],
    ['#/videos?status=failed&page=2', { view: 'videos', query: 'status=failed&page=2' }],
    ['#/videos/v1', { view: 'video', videoId: 'v1' }],
    ['#/videos/v%C3%A9lo', { view: 'video', videoId: 'vélo' }],
    ['#/videos/__proto__', { view: 'video', videoId: '__proto__' }],
  ])('%s', (hash, route) => {
    expect(JSON.parse(JSON.stringify(toRoute(hash)))).toEqual(route);
  });

  test.each(['..', '%2e%2e', '.', '%', '%ff', '%00', 'a%2Fb', '%3Cimg%3E', 'a b', 'x'.repeat(81)])(
    'shows the list for %s, which is no id of a video',
    (id) => {
      expect(toRoute(`#/videos/${id}`)).toEqual({ view: 'videos', query: '' });
    },
  );

  test('leads back to the video and the template that it was made from', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L}\p{N}!'()+.=@_-]{1,40}$/u), (videoId) => {
        fc.pre(!/^\.+$/.test(videoId));
        expect(toRoute(hrefOf(videoId))).toEqual({ view: 'video', videoId });
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (template) => {
        expect(toRoute(makeHref({ template }))).toMatchObject({ view: 'make', template });
      }),
    );
  });

  test('is one of the three for every address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['make', 'videos', 'video']).toContain(toRoute(`#/${text}`).view);
      }),
    );
  });
});
