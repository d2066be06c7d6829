import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureName } from '../../lambdas/core/failure.ts';
import { NOWHERE } from '../../local/simulator/file-server.ts';
import type { DownloadBehaviour } from '../../local/simulator/scenario.ts';
import { ALWAYS, delivered, failing, named, type Row, survived, variants } from './row.ts';

const CLIP = readFileSync(join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4'));

/** The fault meets the first download; the next one is whole. */
function once(fault: string, download: DownloadBehaviour, expected = delivered()): Row {
  const scripts = [{ queries: ['Success'], downloads: [download, 'whole'] }] as const;
  return { phase: 'download', fault, scripts, expected };
}

function always(fault: string, download: DownloadBehaviour, ends: FailureName): Row {
  const scripts = [{ queries: ['Success'], downloads: [download] }] as const;
  return { phase: 'download', fault: `${fault}, every time`, scripts, expected: named(ends) };
}

/** What MiniMax offers has all the bytes that it promises, and is no video. */
function unplayable(fault: string, video: Buffer): Row {
  const scripts = [{ queries: ['Success'], video }] as const;
  return { phase: 'download', fault: `${fault}, every time`, scripts, expected: named('VideoRejected') };
}

/** The clip without its boxes of this type. */
function without(type: string): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < CLIP.length; at += CLIP.readUInt32BE(at))
    if (CLIP.toString('latin1', at + 4, at + 8) !== type)
      kept.push(CLIP.subarray(at, at + CLIP.readUInt32BE(at)));
  return Buffer.concat(kept);
}

function linked(fault: string, link: string, ends: FailureName): Row {
  return { phase: 'download', fault, scripts: [{ queries: ['Success'], link }], expected: named(ends) };
}

const ours = failing('download', 'CopyVideo');

export const DOWNLOAD_ROWS: readonly Row[] = [
  ...variants(
    [401, 403, 404, 410, 429, 500, 503].map((httpStatus) => once(`HTTP ${httpStatus}`, { httpStatus })),
  ),
  ...variants([once('half of the file', 'half'), once('connection closed without an answer', 'lost')]),
  {
    ...once('half of the file, then no more bytes', 'stalled'),
    limits: 'short copy',
  },
  once('connections refused for a while', { downForMs: 60 }),
  ...variants([
    once('the file without a length', 'unmeasured'),
    once('half of the file without a length', 'half, unmeasured'),
    once('moved once', 'moved'),
    once('moved in circles', 'moved in circles'),
    once('moved to a host that does not exist', 'moved away'),
    once('an empty file', 'empty'),
    once('a page instead of the file', 'page'),
    once('the file in a coding that was not requested', { content: 'gzip' }),
  ]),
  ...variants([
    always('an empty file', 'empty', 'VideoRejected'),
    always('a page instead of the file', 'page', 'VideoRejected'),
  ]),
  ...variants([
    unplayable('a file without an index', without('moov')),
    unplayable('a file without media data', without('mdat')),
    unplayable('zeros', Buffer.alloc(60_000)),
  ]),
  ...variants([
    always('HTTP 404', { httpStatus: 404 }, 'VideoUnreachable'),
    always('half of the file', 'half', 'VideoUnreachable'),
    always('half of the file without a length', 'half, unmeasured', 'VideoUnreachable'),
    always('connection closed without an answer', 'lost', 'VideoUnreachable'),
  ]),
  ...variants([
    linked('a link that is none', 'not a link', 'VideoRejected'),
    linked('a link of another scheme', 'ftp://cdn.example/v.mp4?Signature=simulated', 'VideoRejected'),
    linked(
      'a link with credentials',
      'https://me:secret@cdn.example/v.mp4?Signature=simulated',
      'VideoRejected',
    ),
    linked('a link with a port', 'https://cdn.example:8443/v.mp4?Signature=simulated', 'VideoRejected'),
    linked(
      "a link to Lambda's own runtime",
      'http://169.254.100.1/2018-06-01/runtime/invocation/next?Signature=simulated',
      'VideoRejected',
    ),
    linked('a link to this machine in disguise', 'https://0x7f.1/v.mp4?Signature=simulated', 'VideoRejected'),
    linked(
      'a link to a name of this machine',
      'https://localhost/v.mp4?Signature=simulated',
      'VideoRejected',
    ),
  ]),
  once('moved to an inner address', 'moved inside'),
  linked('a host that does not exist', `${NOWHERE}?Signature=simulated`, 'VideoUnreachable'),
  {
    phase: 'download',
    fault: 'the task fails after it had succeeded',
    scripts: [{ queries: ['Success', 'Fail'] }],
    expected: named('VideoUnreachable'),
  },
  {
    phase: 'download',
    fault: 'MiniMax gives no link when asked again, at first',
    scripts: [{ queries: ['Success', { status: 'Success', withoutLink: true }, 'Success'] }],
    expected: delivered(),
  },
  {
    phase: 'download',
    fault: 'the key is refused when asked for the link',
    scripts: [{ queries: ['Success', { code: 1004 }] }],
    expected: named('ApiKeyRejected'),
  },
  ours('has no bucket', 1, delivered()),
  ours('has no bucket', ALWAYS, named('StorageUnavailable')),
  ...survived(ours),
  ours('throws before it does anything', 1, named('VideoUnreachable')),
];
