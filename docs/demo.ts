import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { flagsOf } from '../cli/script-flags.ts';
import { draw, type Still } from './demo/draw.ts';
import { record } from './demo/record.ts';

/** `npm run demo`: writes docs/demo.svg, a real run of `npm start` on the simulator beside its video. Needs Linux and ffmpeg. */
const COMMAND = 'npm start';
const SIZE = { columns: 88, rows: 25 };
const STILLS_A_SECOND = 5;
const VIDEO_SECONDS = 5;
const MAX_BYTES = 2_000_000;

const run = promisify(execFile);

async function stillsOf(video: string): Promise<readonly Still[]> {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-demo-'));
  try {
    const filter = `fps=${STILLS_A_SECOND},scale=320:180`;
    await run('ffmpeg', ['-v', 'error', '-i', video, '-vf', filter, '-q:v', '6', join(folder, '%03d.jpg')]);
    const files = (await readdir(folder)).sort();
    return await Promise.all(
      files.map(async (file, index) => ({
        milliseconds: (index * 1000) / STILLS_A_SECOND,
        jpeg: await readFile(join(folder, file)),
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

flagsOf({ name: 'npm run demo', flags: {}, summary: 'Writes docs/demo.svg. Needs Linux and ffmpeg.' });
// A person who types the command has no quiet npm around it.
const recording = await record(`unset npm_config_loglevel; printf '$ %s\\n' '${COMMAND}'; ${COMMAND}`, SIZE);
const [path] = /^out\/\S+\.mp4/m.exec(recording.output) ?? [];
if (path === undefined) throw new Error(`npm start named no file:\n${recording.output}`);
const { size: bytes } = await stat(path);
const caption = `${path.slice(0, 12)}….mp4 · ${(bytes / 1000).toFixed(1)} kB`;
const stills = await stillsOf(path);
await rm(path);
const svg = draw({ recording, size: SIZE, stills, videoSeconds: VIDEO_SECONDS, caption });
if (svg.length > MAX_BYTES) throw new Error(`The picture has ${svg.length} bytes, ${MAX_BYTES} are allowed.`);
await writeFile(join(import.meta.dirname, 'demo.svg'), svg);
