import { expect, test } from 'vitest';
import { toVideoRequest } from '../../../lambdas/core/api/request.ts';
import {
  catalogueSchema,
  templateViolations,
  templateWarnings,
  toCatalogue,
} from '../../../lambdas/core/minimax/templates.ts';

const GLOBAL = toCatalogue('https://api.minimax.io');
const RUN_FOR_LIFE = '393769180141805569';
const UNCERTAIN = '393853165953970178';
const image = { value: 'https://example.com/pet.jpg' };
const text = { value: 'Lion' };

test.each(['https://api.minimax.io', 'https://api.minimaxi.com', 'https://api.minimax.cn'])(
  'knows the templates of %s, each with an example that fits',
  (host) => {
    const known = toCatalogue(host);
    expect(known.host).toBe(host);
    expect(catalogueSchema.safeParse(known)).toMatchObject({ success: true });
    expect(known.templates.length).toBeGreaterThan(10);
    expect(new Set(known.templates.map(({ template_id }) => template_id)).size).toBe(known.templates.length);
    for (const { example } of known.templates) {
      expect(toVideoRequest(example)).toEqual({ ok: true, value: example });
      expect(templateViolations(example, known)).toEqual([]);
      expect(templateWarnings(example.template_id, known)).toEqual([]);
    }
  },
);

test('knows mainland by both of its names', () => {
  const [templates, older] = ['https://api.minimax.cn', 'https://api.minimaxi.com'].map(
    (host) => toCatalogue(host).templates,
  );
  expect(older).toEqual(templates);
  expect(templates).not.toEqual(GLOBAL.templates);
});

test('takes an unknown host for the global one', () => {
  expect(toCatalogue('http://127.0.0.1:8080')).toEqual(GLOBAL);
});

test.each([
  ['no image', { template_id: RUN_FOR_LIFE, text_inputs: [text] }, ['/media_inputs']],
  ['no text', { template_id: RUN_FOR_LIFE, media_inputs: [image] }, ['/text_inputs']],
  ['neither', { template_id: RUN_FOR_LIFE, media_inputs: [] }, ['/media_inputs', '/text_inputs']],
  [
    'two images',
    { template_id: RUN_FOR_LIFE, media_inputs: [image, image], text_inputs: [text] },
    ['/media_inputs'],
  ],
  [
    'a text too many',
    { template_id: '392747428568649728', media_inputs: [image], text_inputs: [text] },
    ['/text_inputs'],
  ],
  [
    'an image too many',
    { template_id: '394875727173492739', media_inputs: [image], text_inputs: [text] },
    ['/media_inputs'],
  ],
  ['nothing for a template whose inputs are not documented', { template_id: UNCERTAIN }, []],
  [
    'all for a template whose inputs are not documented',
    { template_id: UNCERTAIN, media_inputs: [image], text_inputs: [text] },
    [],
  ],
  ['anything for an unknown template', { template_id: '7', media_inputs: [image, image] }, []],
])('%s: points to what does not fit', (_name, request, pointers) => {
  expect(templateViolations(request, GLOBAL).map(({ pointer }) => pointer)).toEqual(pointers);
});

test('warns of a template that is not known, with the day of what is known', () => {
  expect(templateWarnings('7', GLOBAL)).toEqual([
    expect.stringMatching(/^Template 7 is not among those known of https:\/\/api\.minimax\.io on 2026-11-22/),
  ]);
});
