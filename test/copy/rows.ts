import type { RetryableName } from '../../lambdas/core/download/retryable.ts';
import type { FailureName } from '../../lambdas/core/failure.ts';
import type { DownloadBehaviour } from '../../local/simulator/scenario.ts';
import type { Break } from './wire.ts';

/** A fault on the way of a video into the bucket, and the result of one invocation of `Copy video`. */
export interface CopyRow {
  readonly fault: string;
  /** Where each connection breaks, in turn. @default nowhere */
  readonly breaks?: readonly Break[];
  /** How the simulator serves the file, answer by answer; the last one repeats. @default without a fault */
  readonly served?: readonly DownloadBehaviour[];
  /** The path at which nginx serves the file like that. @default nginx cannot */
  readonly nginx?: string;
  /** Whether nginx has another video from its second connection on. @default false */
  readonly isReplaced?: boolean;
  /** @default 'small', which is stored by one request */
  readonly video?: VideoSize;
  readonly expected: CopyOutcome;
}

export type VideoSize = 'small' | 'in parts' | 'too large';

export interface CopyOutcome {
  /** What is in the bucket in the end, complete, or why nothing is. */
  readonly ends: 'the video' | 'another video' | FailureName | RetryableName;
  readonly attempts?: number;
  /** Exactly so many, or at least so many where an idle limit of less than a second ends connections. */
  readonly resumes?: number;
  /** A part of the error's message. */
  readonly says?: string;
}

const PART_BYTES = 5 * 1024 * 1024;
export const MAX_MEGABYTES = 7;
export const VIDEO_BYTES: Readonly<Record<VideoSize, number>> = {
  small: 300_000,
  'in parts': 6_000_000,
  'too large': MAX_MEGABYTES * 1_000_000 + 1,
};
const SMALL_BYTES = VIDEO_BYTES.small;
const HALF: Break = { afterBodyBytes: SMALL_BYTES / 2 };
const BEHIND_A_PART: Break = { afterBodyBytes: PART_BYTES + 1 };

function stored(resumes = 0, attempts = 1): CopyOutcome {
  return { ends: 'the video', attempts, resumes };
}

function refused(ends: FailureName | RetryableName, says: string): CopyOutcome {
  return { ends, says };
}

const PLAIN = '/plain/video.mp4';

/** Simulator and nginx serve the file without a fault; the connections break. */
function broken(
  fault: string,
  breaks: readonly Break[],
  expected: CopyOutcome,
  video: VideoSize = 'small',
): CopyRow {
  return { fault, breaks, nginx: PLAIN, video, expected };
}

const BREAKS: readonly CopyRow[] = [
  broken('nothing at all', [], stored()),
  broken('nothing at all, in parts', [], stored(), 'in parts'),
  broken('closed before the answer', [{ afterHeadBytes: 0 }], stored()),
  broken('closed within the header fields', [{ afterHeadBytes: 50 }], stored()),
  broken('closed right behind the header fields', [{}], stored()),
  broken('closed after one byte', [{ afterBodyBytes: 1 }], stored(1)),
  broken('closed within the first box', [{ afterBodyBytes: 6 }], stored(1)),
  broken('closed in the middle', [HALF], stored(1)),
  broken('closed between two parts', [{ afterBodyBytes: PART_BYTES }], stored(1), 'in parts'),
  broken('closed a byte behind a part', [BEHIND_A_PART], stored(1), 'in parts'),
  broken('closed before the last byte', [{ afterBodyBytes: SMALL_BYTES - 1 }], stored(1)),
  broken('reset in the middle', [{ ...HALF, ending: 'reset' }], stored(1)),
  broken('silent before the answer', [{ afterHeadBytes: 0, ending: 'stall' }], stored()),
  broken('silent within the header fields', [{ afterHeadBytes: 50, ending: 'stall' }], stored()),
  broken('silent right after the header fields', [{ ending: 'stall' }], stored()),
  broken('silent in the middle', [{ ...HALF, ending: 'stall' }], stored(1)),
  broken(
    'broken in four ways',
    [HALF, { afterHeadBytes: 0 }, { ending: 'reset' }, { afterBodyBytes: 5000 }],
    stored(2),
  ),
  broken('broken nine times', Array(9).fill({ afterBodyBytes: 30_000 }), stored(9)),
  broken('broken forty times', Array(40).fill({ afterBodyBytes: 7_000 }), stored(40)),
  broken(
    'broken after every two kilobytes',
    Array(150).fill({ afterBodyBytes: 2_000 }),
    refused('VideoUnreachable', `it broke off after 98624 of ${SMALL_BYTES} bytes: ECONNRESET`),
  ),
  broken(
    'closed before every answer',
    Array(30).fill({ afterHeadBytes: 0 }),
    refused('VideoUnreachable', '127.0.0.1: '),
  ),
  broken(
    'closed within the first box and before every answer',
    [{ afterBodyBytes: 6 }, ...Array(30).fill({ afterHeadBytes: 0 })],
    refused('VideoUnreachable', '127.0.0.1: '),
  ),
];

const NO_RANGES: readonly CopyRow[] = [
  {
    fault: 'closed in the middle, and the server gives no ranges',
    breaks: [HALF],
    served: [{ ranges: 'ignored' }],
    nginx: '/without-ranges/video.mp4',
    expected: stored(0, 2),
  },
  {
    fault: 'closed a byte behind a part, and the server gives no ranges',
    breaks: [BEHIND_A_PART],
    served: [{ ranges: 'ignored' }],
    nginx: '/without-ranges/video.mp4',
    video: 'in parts',
    expected: stored(0, 2),
  },
  {
    fault: 'closed in the middle every time, and the server gives no ranges',
    breaks: Array(30).fill(HALF),
    served: [{ ranges: 'ignored' }],
    nginx: '/without-ranges/video.mp4',
    expected: refused('VideoUnreachable', 'its server does not send the rest (HTTP 200)'),
  },
  {
    fault: 'closed in the middle of a file with a date only',
    breaks: [HALF],
    served: [{ validator: 'date' }],
    nginx: '/dated/video.mp4',
    expected: stored(1),
  },
  {
    fault: 'closed in the middle of a file without a validator',
    breaks: [HALF],
    served: [{ validator: 'none' }],
    nginx: '/undated/video.mp4',
    expected: stored(1),
  },
  {
    fault: 'closed in the middle of a file with a weak tag',
    breaks: [HALF],
    served: [{ validator: 'weak tag' }],
    expected: stored(1),
  },
  ...(['ignored', 'of another length', 'of other bytes'] as const).map(
    (ranges): CopyRow => ({
      fault: `closed in the middle of a file without a validator, with ranges ${ranges}`,
      breaks: [HALF],
      served: [{ ranges, validator: 'none' }],
      expected: stored(0, 2),
    }),
  ),
  {
    fault: 'closed in the middle, and the server has another file since',
    breaks: [HALF],
    served: ['whole', { content: 'another video' }],
    nginx: PLAIN,
    isReplaced: true,
    expected: { ends: 'another video', attempts: 2, resumes: 0 },
  },
  ...(
    ['unsatisfiable', 'from another byte', 'of another length', 'of other bytes', 'unlabelled'] as const
  ).map(
    (ranges): CopyRow => ({
      fault: `closed in the middle, and the rest comes ${ranges}`,
      breaks: [HALF],
      served: [{ ranges }],
      expected: stored(0, 2),
    }),
  ),
];

/** nginx always says where a file ends. */
const LARGE_AT = { length: PLAIN, chunks: '/chunked/video.mp4', none: undefined } as const;

const LENGTHS: readonly CopyRow[] = [
  {
    fault: 'chunks instead of a length',
    served: [{ framing: 'chunks' }],
    nginx: '/chunked/video.mp4',
    expected: stored(),
  },
  {
    fault: 'chunks, closed in the middle',
    breaks: [HALF],
    served: [{ framing: 'chunks' }],
    expected: stored(1),
  },
  {
    fault: 'chunks, closed a byte behind a part',
    breaks: [BEHIND_A_PART],
    served: [{ framing: 'chunks' }],
    video: 'in parts',
    expected: stored(1),
  },
  {
    fault: 'chunks, closed within the size of the first',
    breaks: [{ afterBodyBytes: 2 }],
    served: [{ framing: 'chunks' }],
    nginx: '/chunked/video.mp4',
    expected: stored(),
  },
  {
    fault: 'chunks without ranges, closed in the middle',
    breaks: [HALF],
    served: [{ framing: 'chunks', ranges: 'ignored', validator: 'none' }],
    nginx: '/chunked/video.mp4',
    expected: stored(0, 2),
  },
  { fault: 'no length', served: [{ framing: 'none' }], expected: stored() },
  { fault: 'no length, in parts', served: [{ framing: 'none' }], video: 'in parts', expected: stored() },
  {
    fault: 'no length, closed in the middle',
    breaks: [HALF],
    served: [{ framing: 'none' }],
    expected: stored(1),
  },
  {
    fault: 'no length, closed in the middle every time, without ranges',
    served: [{ framing: 'none', ends: 'half-way', ranges: 'ignored' }],
    expected: refused('VideoUnreachable', 'its server does not send the rest'),
  },
  {
    fault: 'a length that is a byte too long',
    served: [{ framing: 'too long' }],
    expected: refused('VideoUnreachable', `it had ${SMALL_BYTES + 1} bytes, and now has ${SMALL_BYTES}`),
  },
  {
    fault: 'a length that is a byte too short',
    served: [{ framing: 'too short' }],
    video: 'in parts',
    expected: refused('VideoNotPlayable', 'it ends within a box (mdat)'),
  },
  {
    fault: 'a length that is a byte too short, without ranges',
    served: [{ framing: 'too short', ranges: 'ignored' }],
    expected: refused('VideoNotPlayable', 'it ends within a box (mdat)'),
  },
  ...(['length', 'chunks', 'none'] as const).map(
    (framing): CopyRow => ({
      fault: `too large, ${framing === 'length' ? 'and it says so' : `with ${framing === 'none' ? 'nothing' : framing} instead of a length`}`,
      served: [{ framing }],
      nginx: LARGE_AT[framing],
      video: 'too large',
      expected: refused('VideoRejected', `the ${MAX_MEGABYTES} MB that the setting maxVideoMegabytes allows`),
    }),
  ),
];

const ANSWERS: readonly CopyRow[] = [
  { fault: 'one redirect', served: [{ redirects: 1 }], nginx: '/moved-1/video.mp4', expected: stored() },
  { fault: 'three redirects', served: [{ redirects: 3 }], nginx: '/moved-3/video.mp4', expected: stored() },
  {
    fault: 'three redirects, closed in the middle',
    breaks: [{}, {}, {}, HALF],
    served: [{ redirects: 3 }],
    expected: stored(1),
  },
  {
    fault: 'four redirects',
    served: [{ redirects: 4 }],
    nginx: '/moved-4/video.mp4',
    expected: refused('VideoUnreachable', 'more than 3 redirects'),
  },
  {
    fault: 'redirects in a circle',
    served: ['moved in circles'],
    nginx: '/circle/video.mp4',
    expected: refused('VideoUnreachable', 'more than 3 redirects'),
  },
  {
    fault: 'a content coding although none was asked for',
    served: [{ content: 'gzip' }],
    nginx: '/gzipped/video.mp4',
    expected: stored(),
  },
  {
    fault: 'a page instead of the file',
    served: ['page'],
    nginx: '/plain/page.html',
    expected: refused('VideoNotPlayable', '; it came as text/html.'),
  },
  {
    fault: 'an empty file',
    served: ['empty'],
    nginx: '/plain/empty.mp4',
    expected: refused('VideoNotPlayable', 'it is empty; it came as video/mp4.'),
  },
  ...[403, 404, 410, 503].map(
    (httpStatus): CopyRow => ({
      fault: `HTTP ${httpStatus} every time`,
      served: [{ httpStatus }],
      nginx: `/${httpStatus}/video.mp4`,
      expected: refused('VideoUnreachable', `HTTP ${httpStatus}`),
    }),
  ),
  ...[401, 403, 404, 410, 429, 503].map(
    (httpStatus): CopyRow => ({
      fault: `HTTP ${httpStatus} at first`,
      served: [{ httpStatus }, 'whole'],
      expected: stored(),
    }),
  ),
  ...[403, 404, 410, 429, 503].map(
    (httpStatus): CopyRow => ({
      fault: `closed in the middle, then HTTP ${httpStatus} at first`,
      breaks: [HALF],
      served: ['whole', { httpStatus }, 'whole'],
      expected: stored(1),
    }),
  ),
];

export const COPY_ROWS: readonly CopyRow[] = [...BREAKS, ...NO_RANGES, ...LENGTHS, ...ANSWERS];
