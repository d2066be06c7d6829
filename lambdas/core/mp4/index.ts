/** How many track ids a scanner keeps. The limit keeps its state small; videos have two or three tracks. */
const MAX_TRACKS = 8;

/** What the boxes say about the pictures of a file and about the bytes that hold them. */
export interface Mp4Index {
  /** Whether the box `moov` has begun, and whether it has ended. */
  hasBegun: boolean;
  isRead: boolean;
  /** Whether fragments (`moof`) after the index may hold the pictures. */
  isFragmented: boolean;
  hasVideoTrack: boolean;
  /** Whether the tables or a fragment list a picture. */
  hasPictures: boolean;
  /** How many bytes of media data are listed, the offset of the last listed chunk, and how many bytes have arrived. */
  listedBytes: number;
  farthest: number;
  dataBytes: number;
  /** The brand of a still image; `null` once the file names a brand of another kind. */
  imageBrand: string | null;
  track: Track;
  videoTracks: number[];
  /** The default sample size of each track in fragments: pairs of the track's id and bytes. */
  sampleBytes: [number, number][];
  /** The run of samples that is read: the id of its track, and its default sample size. */
  run: { track: number; sampleBytes: number };
}

/** What has been read of a track. */
export interface Track {
  id: number;
  kind: string;
  hasFormat: boolean;
  samples: number;
  /** The size of each sample where all have one size, else 0. */
  sampleBytes: number;
  /** How many bits each size has in `stz2`, the table of small sizes. */
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

/** @returns why no player opens a file with a box at this place */
export function openBox(index: Mp4Index, place: string): string | undefined {
  if (place === '/moov' && index.hasBegun) return 'it has two indexes (moov)';
  if (place === '/moov') index.hasBegun = true;
  if (place === 'moov/trak') index.track = { ...NO_TRACK };
  if (place === 'moov/mvex') index.isFragmented = true;
  if (place === 'moof/traf') index.run = { ...NO_INDEX.run };
  return undefined;
}

/** @returns why no player opens a file with this content of the box */
export function closeBox(index: Mp4Index, place: string): string | undefined {
  if (place === 'moov/trak') addTrack(index);
  if (place === '/ftyp' && index.imageBrand !== null) return `it is a still image (${index.imageBrand})`;
  if (place !== '/moov') return undefined;
  index.isRead = true;
  return whyNoPictures(index);
}

/** Why a complete index leads to no picture. */
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
  // QuickTime writes the size 1 for sound samples of equal size, so their real size is unknown.
  if (isVideo || sampleBytes === 0) index.listedBytes += listed;
}

/** Adds to a list of limited length. */
export function remember<Item>(list: Item[], item: Item): void {
  if (list.length < MAX_TRACKS) list.push(item);
}
