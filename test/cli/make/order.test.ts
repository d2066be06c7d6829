import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toOrder, toRequest } from '../../../cli/make/order.ts';
import { UsageError } from '../../../local/user-error.ts';
import { pngOf } from '../../harness/images.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const PNG = pngOf(400, 400);

async function fileWith(bytes: Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'image');
  await writeFile(path, bytes);
  return path;
}

test("asks for MiniMax's own example without flags", async () => {
  expect(await toOrder({})).toEqual({
    template: '393769180141805569',
    texts: ['Lion'],
    images: ['example'],
  });
});

test('takes template, images and texts', async () => {
  const media = ['https://a.example/1.png', 'https://a.example/2.png'];
  const order = await toOrder({ template: '1', media, text: ['x'] });
  expect(toRequest(order, (image) => image)).toEqual({
    template_id: '1',
    media_inputs: media.map((url) => ({ value: { url } })),
    text_inputs: [{ value: 'x' }],
  });
});

test('adds no input of the example to another template', async () => {
  expect(await toOrder({ template: '394514820878671878', text: ['at sea'] })).toEqual({
    template: '394514820878671878',
    texts: ['at sea'],
    images: [],
  });
});

test('takes a local image by its leading bytes', async () => {
  const path = await fileWith(PNG);
  expect(await toOrder({ media: [path] })).toMatchObject({
    images: [{ path, bytes: new Uint8Array(PNG) }],
  });
});

test('adopts a task', async () => {
  const order = await toOrder({ task: '42' });
  expect(toRequest(order, () => '')).toEqual({ task_id: '42' });
});

test.each([
  [
    { media: ['no/such/file.jpg'] },
    '--media "no/such/file.jpg" cannot be read (ENOENT); allowed is a URL or a local image file.',
  ],
  [{ media: [''] }, '--media "" cannot be read'],
  [{ media: ['test'] }, '--media "test" cannot be read (it is no file)'],
  [{ media: ['/dev/zero'] }, '--media "/dev/zero" cannot be read (it is no file)'],
  [{ template: 'a b' }, '--template must be a string of 1 to 64 letters'],
  [{ task: '1', text: ['x'] }, '--task adopts a task that exists'],
  [{ task: '1', media: ['https://a.example/1.png'] }, '--task adopts a task that exists'],
  [{ task: '1', template: '1' }, '--task adopts a task that exists'],
])('rejects %j', async (values, message) => {
  await expect(toOrder(values)).rejects.toThrow(UsageError);
  await expect(toOrder(values)).rejects.toThrow(message);
});

test('rejects a file that is no image, and one that MiniMax would not take', async () => {
  const text = await fileWith(Buffer.from('%PDF-1.7'));
  await expect(toOrder({ media: [text] })).rejects.toThrow('is not a JPEG, PNG or WebP image');
  const large = await fileWith(Buffer.concat([PNG, Buffer.alloc(20_000_000)]));
  await expect(toOrder({ media: [large] })).rejects.toThrow(
    `has ${20_000_000 + PNG.length} bytes; MiniMax accepts images under 20000000)`,
  );
});
