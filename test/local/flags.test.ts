import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDevFlags, parseStartFlags, WrongFlag } from '../../local/flags.ts';
import { pngOf } from '../images.ts';
import { temporaryFolder } from '../running-service.ts';

const PNG = pngOf(400, 400);

async function fileWith(bytes: Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'image');
  await writeFile(path, bytes);
  return path;
}

test("asks for MiniMax's own example when nothing is said", async () => {
  expect(await parseStartFlags([])).toEqual({
    request: {
      template_id: '393769180141805569',
      text_inputs: [{ value: 'Lion' }],
    },
    images: ['example'],
    out: 'out',
  });
});

test('takes template, images, texts and the place of the file', async () => {
  const args = [
    '--template',
    '1',
    '--media',
    'https://a.example/1.png',
    '--media',
    'https://a.example/2.png',
    '--text',
    'x',
    '--out',
    'a.mp4',
  ];
  expect(await parseStartFlags(args)).toEqual({
    request: {
      template_id: '1',
      text_inputs: [{ value: 'x' }],
    },
    images: [{ url: 'https://a.example/1.png' }, { url: 'https://a.example/2.png' }],
    out: 'a.mp4',
  });
});

test('adds no input of the example to another template', async () => {
  expect(await parseStartFlags(['--template', '394514820878671878', '--text', 'at sea'])).toMatchObject({
    request: { template_id: '394514820878671878', text_inputs: [{ value: 'at sea' }] },
    images: [],
  });
});

test('takes a local image by its leading bytes', async () => {
  const flags = await parseStartFlags(['--media', await fileWith(PNG)]);
  expect(flags?.images).toEqual([{ bytes: PNG, type: 'image/png' }]);
});

test('takes up a task', async () => {
  expect(await parseStartFlags(['--task', '42'])).toEqual({
    request: { task_id: '42' },
    images: [],
    out: 'out',
  });
});

test('gives way to a request for help', async () => {
  expect(await parseStartFlags(['--help'])).toBeUndefined();
  expect(parseDevFlags(['--help'])).toBeUndefined();
});

test.each([
  [['--colour'], "Unknown option '--colour'"],
  [['lion'], 'Unexpected argument'],
  [['--text'], "Option '--text <value>' argument missing"],
  [
    ['--media', 'no/such/file.jpg'],
    '--media no/such/file.jpg cannot be read (ENOENT); allowed is a URL or a local image file.',
  ],
  [['--task', '1', '--text', 'x'], '--task takes up a task that exists'],
])('refuses %j', async (args, message) => {
  await expect(parseStartFlags(args)).rejects.toThrow(WrongFlag);
  await expect(parseStartFlags(args)).rejects.toThrow(message);
});

test('refuses a file that is no image, and one that MiniMax would not take', async () => {
  const text = await fileWith(Buffer.from('%PDF-1.7'));
  await expect(parseStartFlags(['--media', text])).rejects.toThrow('is not a JPEG, PNG or WebP image');
  const large = await fileWith(Buffer.concat([PNG, Buffer.alloc(20_000_000)]));
  await expect(parseStartFlags(['--media', large])).rejects.toThrow(
    `has ${20_000_000 + PNG.length} bytes; MiniMax takes images of under 20000000.`,
  );
});

test('takes a port and a doorbell, and refuses what is no port', () => {
  expect(parseDevFlags([])).toEqual({ port: 3000, doorbell: false, maxWorkers: 10 });
  expect(parseDevFlags(['--port', '8080', '--doorbell'])).toMatchObject({ port: 8080, doorbell: true });
  for (const port of ['http', '-1', '65536', '1.5', '']) {
    expect(() => parseDevFlags([`--port=${port}`])).toThrow(
      `--port is "${port}"; allowed is a whole number from 0 to 65535.`,
    );
  }
});

test('takes a number of workers, and refuses what is none', () => {
  expect(parseDevFlags(['--max-workers', '3'])).toMatchObject({ maxWorkers: 3 });
  for (const workers of ['0', 'ten', '1001', '-1']) {
    expect(() => parseDevFlags([`--max-workers=${workers}`])).toThrow(
      `--max-workers is "${workers}"; allowed is a whole number from 1 to 1000.`,
    );
  }
});
