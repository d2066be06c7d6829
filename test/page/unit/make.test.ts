import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Template } from '../../../page/catalogue.ts';
import { keepDraft, newDraft, readDraft, rememberSent, sentFor } from '../../../page/make/draft.ts';
import { chooseImage } from '../../../page/make/image-check.ts';
import { missingIn } from '../../../page/make/missing.ts';
import { hasSample } from '../../../page/make/sample.ts';
import { jpegOf, pngOf, webpOf } from '../../harness/images.ts';

const stored = new Map<string, string>();
beforeEach(() => {
  stored.clear();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  });
});
afterEach(() => void vi.unstubAllGlobals());

function templateWith(media: number, text: number): Template {
  const inputs = (count: number, description: string) => ({ min_items: count, max_items: 1, description });
  return {
    media_inputs: inputs(media, 'a photo of a pet'),
    text_inputs: inputs(text, 'a beast'),
  } as Template;
}

describe('what a form lacks', () => {
  const draft = newDraft('1');
  test('is what the template needs', () => {
    expect(missingIn({ draft, image: undefined, template: templateWith(1, 1) })).toBe(
      'Choose an image first.',
    );
    const withImage = { ...draft, image: 'an earlier image' };
    expect(missingIn({ draft: withImage, image: undefined, template: templateWith(1, 1) })).toBe(
      'Write a beast first.',
    );
    expect(
      missingIn({ draft: { ...withImage, text: '  ' }, image: undefined, template: templateWith(0, 1) }),
    ).toBe('Write a beast first.');
    for (const template of [templateWith(0, 0), undefined])
      expect(missingIn({ draft, image: undefined, template })).toBe('');
  });

  test('is first of all another image, where the one that was chosen is wrong', async () => {
    const image = await chooseImage(new Blob([new Uint8Array(pngOf(300, 400))]), 'a.png');
    URL.revokeObjectURL(image.address);
    expect(missingIn({ draft, image, template: undefined })).toMatch(
      /^a\.png .*more than 300.*Nothing was sent\.$/,
    );
  });
});

test.each([
  ['a PNG', pngOf(301, 301), undefined],
  ['a JPEG', jpegOf(640, 640), undefined],
  ['a WebP', webpOf(640, 640), undefined],
  ['a short side', pngOf(300, 301), /more than 300/],
  ['a long shape', pngOf(301, 753), /2:5 to 5:2/],
  ['a text', Buffer.from('<svg onload=alert(1)>'), /is not a JPEG, PNG or WebP/],
  ['nothing', Buffer.alloc(0), /./],
  ['20 MB', Buffer.alloc(20_000_000), /20000000/],
])('an image that is %s is checked by its bytes', async (_name, bytes, why) => {
  const image = await chooseImage(new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'a.png');
  URL.revokeObjectURL(image.address);
  if (why === undefined) expect(image.why).toBeUndefined();
  else expect(image.why).toMatch(why);
});

test('the sample picture is offered for a pet alone', () => {
  expect(hasSample(templateWith(1, 0))).toBe(true);
  const other = { min_items: 1, max_items: 1, description: 'a photo of a person' };
  expect(hasSample({ ...templateWith(1, 0), media_inputs: other })).toBe(false);
  expect(hasSample({ ...templateWith(1, 0), media_inputs: { ...other, description: 'a carpet' } })).toBe(
    false,
  );
});

describe('a draft', () => {
  test('is read again for its template and its earlier video alone', () => {
    const draft = newDraft('1');
    keepDraft(draft);
    expect(readDraft()).toEqual(draft);
    expect(readDraft('1')).toEqual(draft);
    expect(readDraft('2')).toBeUndefined();
    expect(readDraft('1', 'v1')).toBeUndefined();
    keepDraft({ ...draft, from: 'v1' });
    expect(readDraft(undefined, 'v1')?.key).toBe(draft.key);
    expect(readDraft('1')).toBeUndefined();
    expect(newDraft('1').key).not.toBe(draft.key);
  });

  test.each(['', '{', '7', '[]', '{"key":7,"template":"1"}', '{"key":"k"}', 'null'])(
    'of another form is none: %s',
    (text) => {
      stored.set('draft', text);
      expect(readDraft()).toBeUndefined();
    },
  );

  test('that was sent is found by its video, among the last fifty', () => {
    for (let number = 0; number < 51; number += 1)
      rememberSent(`v-${number}`, { key: `key ${number}`, request: { template_id: '1' } });
    expect(sentFor('v-0')).toBeUndefined();
    expect(sentFor('v-1')?.key).toBe('key 1');
    expect(sentFor('v-50')?.key).toBe('key 50');
    for (const id of ['unknown', '__proto__', 'constructor', 'toString']) expect(sentFor(id)).toBeUndefined();
    stored.set('sent', '{');
    expect(sentFor('v-1')).toBeUndefined();
  });
});
