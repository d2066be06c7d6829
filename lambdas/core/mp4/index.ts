/** How many tracks a walk remembers by their number, so that its state stays small. Videos have two or three. */
const MAX_TRACKS = 8;

/** What the boxes tell about the pictures of a file and about the bytes that hold them. */
export interface Mp4Index {
  /** Whether the box `moov` has begun, and whether it has ended. */
  hasBegun: boolean;
  isRead: boolean;
  /** Whether the pictures may stand in fragments (`moof`) behind the index. */
  isFragmented: boolean;
  hasVideoTrack: boolean;
  /** Whether the tables or a fragment list a picture. */
  hasPictures: boolean;
  /** How many bytes of media data are listed, where the farthest begin, and how many have come. */
  listedBytes: number;
  farthest: number;
  dataBytes: number;
  /** The brand of a still image, while the file names no brand of another kind. */
  imageBrand: string | null;
  track: Track;
  videoTracks: number[];
  /** What the samples of a track have where a fragment says no size: pairs of the track's number and bytes. */
  sampleBytes: [number, number][];
  /** The run of samples that is read: the number of its track, and what its samples have where it says no size. */
  run: { track: number; sampleBytes: number };
}

/** A track, as its boxes are read. */
export interface Track {
  id: number;
  kind: string;
  hasFormat: boolean;
  samples: number;
  /** The size of each sample where all have one size, else 0. */
  sampleBytes: number;
  /** How many bits each size has in the table of small sizes, `stz2`. */
  sizeBits: number;
  /** The sum of the sizes where they differ. */
  listedBytes: number;
  chunks: number;
  farthest: number;
  hasTimes: boolean;
  hasChunkMap: boolean;
}

const NO_TRACK: Track = {
  id: 0,
  kind: '',
  hasFormat: false,
  samples: 0,
  sampleBytes: 0,
  sizeBits: 0,
  listedBytes: 0,
  chunks: 0,
  farthest: 0,
  hasTimes: false,
  hasChunkMap: false,
};

export const NO_INDEX: Mp4Index = {
  hasBegun: false,
  isRead: false,
  isFragmented: false,
  hasVideoTrack: false,
  hasPictures: false,
  listedBytes: 0,
  farthest: 0,
  dataBytes: 0,
  imageBrand: null,
  track: NO_TRACK,
  videoTracks: [],
  sampleBytes: [],
  run: { track: 0, sampleBytes: 0 },
};

/** @returns why no player opens a file with a box that begins here */
export function openBox(index: Mp4Index, place: string): string | undefined {
  if (place === '/moov' && index.hasBegun) return 'it has two indexes (moov)';
  if (place === '/moov') index.hasBegun = true;
  if (place === 'moov/trak') index.track = { ...NO_TRACK };
  if (place === 'moov/mvex') index.isFragmented = true;
  if (place === 'moof/traf') index.run = { ...NO_INDEX.run };
  return undefined;
}

/** @returns why no player opens a file with a box that ends here */
export function closeBox(index: Mp4Index, place: string): string | undefined {
  if (place === 'moov/trak') addTrack(index);
  if (place === '/ftyp' && index.imageBrand !== null) return `it is a still image (${index.imageBrand})`;
  if (place !== '/moov') return undefined;
  index.isRead = true;
  return whyNoPictures(index);
}

/** Why a whole index leads to no picture. */
export function whyNoPictures({ hasVideoTrack, hasPictures, isFragmented }: Mp4Index): string | undefined {
  if (!hasVideoTrack) return 'it has no video track';
  if (!hasPictures && !isFragmented) return 'its video track is empty';
  return undefined;
}

function addTrack(index: Mp4Index): void {
  const { track } = index;
  const { kind, samples, sampleBytes, chunks, hasTimes, hasChunkMap } = track;
  const isVideo = kind === 'vide' && track.hasFormat;
  if (isVideo) {
    index.hasVideoTrack = true;
    remember(index.videoTracks, track.id);
  }
  const listed = sampleBytes === 0 ? track.listedBytes : samples * sampleBytes;
  const isUsed = listed > 0 && chunks > 0 && hasTimes && hasChunkMap;
  if (!isUsed || !(isVideo || kind === 'soun')) return;
  index.hasPictures ||= isVideo;
  index.farthest = Math.max(index.farthest, track.farthest);
  // QuickTime gives sound samples of one size the size 1, whatever they have.
  if (isVideo || sampleBytes === 0) index.listedBytes += listed;
}

/** Adds to a list that is kept short. */
export function remember<Item>(list: Item[], item: Item): void {
  if (list.length < MAX_TRACKS) list.push(item);
}
