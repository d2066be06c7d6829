const CONTAINERS = [
  'moov',
  'trak',
  'mdia',
  'minf',
  'stbl',
  'dinf',
  'edts',
  'udta',
  'mvex',
  'moof',
  'traf',
  'mfra',
];

export interface PlacedBox {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** All boxes of a file, inner boxes included, in the order of their first bytes. */
export function boxesOf(file: Buffer, start = 0, end = file.length): PlacedBox[] {
  if (end - start < 8) return [];
  const size = file.readUInt32BE(start);
  const type = file.toString('latin1', start + 4, start + 8);
  const body = start + (size === 1 ? 16 : 8);
  const long = size === 1 ? Number(file.readBigUInt64BE(start + 8)) : size;
  const next = size === 0 ? end : Math.min(start + long, end);
  const within = CONTAINERS.includes(type) ? boxesOf(file, body, next) : [];
  return [{ type, start, body, end: next }, ...within, ...boxesOf(file, next, end)];
}

/** Each offset in a file where a box or its content begins or ends. */
export function edgesOf(file: Buffer): number[] {
  return [...new Set(boxesOf(file).flatMap(({ start, body, end }) => [start, body, end]))];
}
