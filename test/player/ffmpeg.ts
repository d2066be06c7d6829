import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const QUIET = ['-nostdin', '-v', 'quiet', '-y'];
const LIMITS = { timeout: 30_000, maxBuffer: 1_000_000 };

/** Whether this machine has ffmpeg. */
export function hasFfmpeg(): boolean {
  return spawnSync('ffmpeg', ['-version']).status === 0;
}

export interface Ffmpeg extends Disposable {
  /** Makes a file by these arguments; `undefined` where this ffmpeg has no such encoder. */
  make(name: string, args: readonly string[]): Promise<Buffer | undefined>;
  /** Whether ffmpeg finds a video stream in a file and decodes a picture of it. */
  decodesPicture(file: Buffer): Promise<boolean>;
}

export function createFfmpeg(): Ffmpeg {
  const folder = mkdtempSync(join(tmpdir(), 'template-video-player-'));
  return {
    async make(name, args) {
      const path = join(folder, name);
      const made = await run('ffmpeg', [...QUIET, ...args, path], LIMITS).then(
        () => true,
        () => false,
      );
      return made ? readFile(path) : undefined;
    },
    async decodesPicture(file) {
      const path = join(folder, 'file.mp4');
      await writeFile(path, file);
      const args = [...QUIET, '-i', path, '-map', '0:v:0', '-frames:v', '1', '-f', 'framecrc', '-'];
      // It ends with an error where there is no video stream at all, and with no line of a picture where it decodes none.
      const { stdout } = await run('ffmpeg', args, LIMITS).catch(() => ({ stdout: '' }));
      return stdout.split('\n').some((line) => /^\d/.test(line));
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
