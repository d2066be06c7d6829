import { crc32, deflateSync } from 'node:zlib';

/** A black PNG of this size, a hundred bytes or so for sizes that MiniMax takes. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const bytesPerLine = 1 + Math.ceil(width / 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(bytesPerLine * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A JPEG of this size, as far as its header says; `padding` is what its camera had to say before. */
export function jpegOf(width: number, height: number, padding = 0): Buffer {
  const frame = Buffer.from('ffc0001108000000000301220002110103110100', 'hex').subarray(0, 19);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    ...segments(Math.max(padding, 16)),
    frame,
    Buffer.from('ffda000c03010002110311003f00ffd9', 'hex'),
  ]);
}

/** A lossy WebP of this size, as far as its header says. */
export function webpOf(width: number, height: number): Buffer {
  const body = Buffer.alloc(22);
  body.write('WEBPVP8 ', 0);
  body.writeUInt32LE(10, 8);
  body.set([0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a], 12);
  body.writeUInt16LE(width, 18);
  body.writeUInt16LE(height, 20);
  const header = Buffer.from('RIFF\0\0\0\0');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

export function toDataUrl(bytes: Buffer, type = 'image/png'): string {
  return `data:${type};base64,${bytes.toString('base64')}`;
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** APP1 segments, of at most 64 kB each. */
function segments(bytes: number): readonly Buffer[] {
  if (bytes <= 0) return [];
  const length = Math.min(bytes, 60_000);
  const head = Buffer.from('ffe10000', 'hex');
  head.writeUInt16BE(length + 2, 2);
  return [Buffer.concat([head, Buffer.alloc(length)]), ...segments(bytes - length)];
}
