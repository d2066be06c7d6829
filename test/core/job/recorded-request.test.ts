import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asRecorded } from '../../../lambdas/core/job/recorded-request.ts';

const CUT = ' (query and credentials left out)';

function recorded(value: unknown): unknown {
  const { media_inputs } = asRecorded({ template_id: '1', media_inputs: [{ value }] });
  return media_inputs[0]?.value;
}

test.each([
  ['https://a.example/pet.jpg', 'https://a.example/pet.jpg'],
  ['https://a.example/mail@b/pet.jpg', 'https://a.example/mail@b/pet.jpg'],
  ['s3://ours/uploads/me@home (1)=2.jpg', 's3://ours/uploads/me@home (1)=2.jpg'],
  ['https://a.example/pet.jpg?X-Amz-Signature=SECRET&X-Amz-Date=1', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg?X-Goog-Signature=SECRET', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg?sv=2024&sig=SECRET', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg?Expires=1&Signature=SECRET', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg?token=SECRET', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg?w=500', `https://a.example/pet.jpg${CUT}`],
  ['https://a.example/pet.jpg#SECRET', `https://a.example/pet.jpg${CUT}`],
  ['https://me:SECRET@a.example/pet.jpg', `https://a.example/pet.jpg${CUT}`],
  ['https://SECRET@a.example:8443/pet.jpg', `https://a.example:8443/pet.jpg${CUT}`],
  ['https://me:SEC@RET@a.example/pet.jpg?a=SECRET', `https://a.example/pet.jpg${CUT}`],
  ['HTTPS://me:SECRET@a.example', `HTTPS://a.example${CUT}`],
  ['https:\\\\me:SECRET@a.example\\pet', `https:\\\\a.example\\pet${CUT}`],
  ['https:/me:SECRET@a.example/', `https:/a.example/${CUT}`],
  [' https://me:SECRET@a.example/', ` https://a.example/${CUT}`],
  ['ht\ntps://me:SEC\nRET@a.example/', `https://a.example/${CUT}`],
  ['ftp://me:SECRET@a.example/', `ftp://a.example/${CUT}`],
  ['https://a.example/pet.jpg;Signature=SECRET', '(a link to a.example)'],
  ['https://me:SEC/RET@a.example/pet.jpg', '(a link)'],
  ['https://a.example/a b?sig=SECRET', `https://a.example/a b${CUT}`],
  ['see https://a.example/?sig=SECRET please', `see https://a.example/${CUT} please`],
  ['a.example/pet.jpg?sig=SECRET', '(a link)'],
  [17, 17],
  [null, null],
])('keeps of %j as a media input %j', (value, kept) => {
  expect(recorded(value)).toBe(kept);
  expect(recorded(kept)).toBe(kept);
  expect(JSON.stringify(recorded(value))).not.toContain('SECRET');
});

test('names an inline image by its hash', () => {
  expect(recorded('data:image/png;base64,AAAA')).toMatch(
    /^data:image\/png \(inline, 3 bytes, SHA-256 [0-9a-f]{64}\)$/,
  );
});

test("leaves the caller's own fields as they came", () => {
  const link = 'https://me:pw@a.example/?sig=1';
  const own = { metadata: { link, deep: [link] }, text_inputs: [{ value: link }] };
  expect(asRecorded({ ...own, template_id: '1' })).toEqual({ ...own, template_id: '1' });
});

test('removes what opens a link from any unknown field, and from any other JSON', () => {
  const link = 'https://me:SECRET@a.example/?sig=SECRET';
  const inputs = [
    link,
    [link],
    { callback_url: link, [link]: { deep: [link] } },
    { media_inputs: link },
    null,
    5,
  ];
  for (const input of inputs) expect(JSON.stringify(asRecorded<unknown>(input))).not.toContain('SECRET');
});

test('writes nothing that is nested too deep', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  expect(asRecorded({ template_id: '1', metadata: nested(99) })).toHaveProperty('metadata');
  expect(asRecorded<unknown>({ template_id: '1', metadata: nested(100_000) })).toMatch(
    /^\(nested more than 100/,
  );
});

test('changes nothing but strings where nothing can be a link', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const shapeOf = (each: unknown): string =>
        JSON.stringify(each, (_name, inner) => (typeof inner === 'string' ? '' : inner));
      // A name that may be a link is cut too, as `a:@` is.
      fc.pre(!/[/?=#@]|\\[tnr]/.test(JSON.stringify(value)));
      expect(shapeOf(asRecorded(value))).toBe(shapeOf(value));
    }),
    { numRuns: 1_000 },
  );
});
