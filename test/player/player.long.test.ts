import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createMp4BoxScanner } from '../../lambdas/core/mp4/scanner.ts';
import { NO_VIDEO, NOT_YET, PLAYED } from '../harness/mp4-corpus.ts';
import { boxesOf, edgesOf } from '../harness/mp4-edges.ts';
import { createFfmpeg, hasFfmpeg } from './ffmpeg.ts';

const MAX_DECODED_CUTS = 8;
const PICTURES = '-f lavfi -i testsrc=size=96x64:rate=10:duration=2';
const SOUND = '-f lavfi -i sine=duration=2';
const H264 = `${PICTURES} ${SOUND} -c:v libx264 -g 5 -pix_fmt yuv420p -c:a aac`;
const SILENT_H264 = `${PICTURES} -c:v libx264 -g 5 -pix_fmt yuv420p`;

const VIDEOS: readonly [name: string, args: string][] = [
  ['first.mp4', `${H264} -movflags +faststart`],
  ['last.mp4', H264],
  ['silent.mp4', SILENT_H264],
  ['hevc.mp4', `${PICTURES} -c:v libx265 -x265-params log-level=none -tag:v hvc1`],
  [
    'hevc-first.mp4',
    `${PICTURES} ${SOUND} -c:v libx265 -x265-params log-level=none -c:a aac -movflags +faststart`,
  ],
  ['av1.mp4', `${PICTURES} -c:v libaom-av1 -cpu-used 8 -movflags +faststart`],
  ['mpeg4.mp4', `${PICTURES} -c:v mpeg4`],
  ['fragments.mp4', `${H264} -movflags +frag_keyframe+empty_moov`],
  ['first-fragment-in-index.mp4', `${H264} -movflags +frag_keyframe`],
  ['base-moof.mp4', `${H264} -movflags +frag_keyframe+empty_moov+default_base_moof`],
  ['dash.mp4', `${H264} -movflags +frag_keyframe+dash+global_sidx`],
  ['cmaf.mp4', `${H264} -movflags +frag_keyframe+cmaf+separate_moof`],
  ['smooth.ismv', `${H264} -f ismv`],
  ['quicktime.mov', `${PICTURES} ${SOUND} -c:v libx264 -pix_fmt yuv420p -c:a pcm_s16le`],
  ['old-sound.mov', `${PICTURES} ${SOUND} -c:v mjpeg -c:a adpcm_ima_qt -movflags +faststart`],
  ['timecode.mov', `${SILENT_H264} -timecode 01:00:00:00`],
  ['ipod.m4v', `${H264} -f ipod`],
  ['phone.3gp', H264],
  ['psp.mp4', `${H264} -f psp`],
  ['flash.f4v', H264],
  ['hints.mp4', `${H264} -movflags +rtphint`],
];

const NO_VIDEOS: readonly [name: string, args: string][] = [
  ['sound.m4a', `${SOUND} -c:a aac`],
  ['sound.mp4', `${SOUND} -c:a aac`],
  ['sound-fragments.mp4', `${SOUND} -c:a aac -movflags +frag_keyframe+empty_moov`],
  ['image.avif', `${PICTURES} -frames:v 1 -c:v libaom-av1 -cpu-used 8 -still-picture 1`],
  ['images.avif', `${PICTURES} -c:v libaom-av1 -cpu-used 8`],
  ['video.webm', `${PICTURES} -c:v libvpx`],
  ['video.avi', `${PICTURES} -c:v mpeg4`],
  ['video.ts', SILENT_H264],
];

const ffmpeg = createFfmpeg();
afterAll(() => ffmpeg[Symbol.dispose]());

async function made(name: string, args: string): Promise<Buffer> {
  return (await ffmpeg.make(name, args.split(' '))) ?? expect.unreachable(`ffmpeg makes no ${name}`);
}

function whyUnplayable(file: Uint8Array): string | undefined {
  const walk = createMp4BoxScanner();
  walk.push(file);
  return walk.whyUnplayable();
}

/** Every place in a file where a cut leaves something that is taken for playable. */
function playableCuts(file: Buffer): number[] {
  const walk = createMp4BoxScanner();
  return Array.from(file.keys()).filter((at) => {
    const isPlayable = walk.whyUnplayable() === undefined;
    walk.push(file.subarray(at, at + 1));
    return isPlayable;
  });
}

/** Those at the edges of boxes first, then some of the others. */
function someOf(cuts: readonly number[], file: Buffer): number[] {
  const edges = edgesOf(file).filter((at) => cuts.includes(at));
  const others = cuts.length === 0 ? [] : fc.sample(fc.constantFrom(...cuts), { numRuns: 30, seed: 18 });
  return [...new Set([...edges, ...others])].slice(0, MAX_DECODED_CUTS);
}

describe.skipIf(!hasFfmpeg())('what ffmpeg makes of files', () => {
  test.each(VIDEOS)('%s is playable, and cut at any byte it is rejected or decodable', async (name, args) => {
    const file = await made(name, args);
    expect(whyUnplayable(file)).toBeUndefined();
    for (const at of [file.length, ...someOf(playableCuts(file), file)])
      expect([at, await ffmpeg.decodesPicture(file.subarray(0, at))]).toEqual([at, true]);
  });

  test.each(NO_VIDEOS)('%s is rejected', async (name, args) => {
    expect(whyUnplayable(await made(name, args))).toEqual(expect.any(String));
  });

  test('a video whose data reach to the end of the file is rejected, cut at any byte', async () => {
    const file = await made('first.mp4', `${H264} -movflags +faststart`);
    const { start } = boxesOf(file).find(({ type }) => type === 'mdat') ?? expect.unreachable();
    file.writeUInt32BE(0, start);
    expect(whyUnplayable(file)).toBeUndefined();
    expect(await ffmpeg.decodesPicture(file)).toBe(true);
    expect(playableCuts(file)).toEqual([]);
  });

  test.each(PLAYED)('decodes a file that is taken for playable: %s', async (_name, file) => {
    expect(await ffmpeg.decodesPicture(file)).toBe(true);
  });

  test.each([...NOT_YET, ...NO_VIDEO])(
    'decodes nothing of a file that is rejected: %s',
    async (_name, file) => {
      expect(await ffmpeg.decodesPicture(file)).toBe(false);
    },
  );
});
