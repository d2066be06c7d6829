import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { UsageError } from '../../local/user-error.ts';

/** Gives the path of the file once the id of the video is known. */
export type OutPath = (videoId: string) => string;

/**
 * Makes sure, before any cost arises, that a video can be written there.
 * @param out a path that ends in `.mp4`, or a folder
 * @throws UsageError
 */
export async function prepareOut(out: string): Promise<OutPath> {
  const isFile = /\.mp4$/i.test(out);
  if (out === '' || out.includes('://') || (!isFile && extname(out) !== '' && !(await isFolder(out)))) {
    throw new UsageError(`--out is "${out}"; allowed is a path that ends in .mp4, or a folder.`);
  }
  if (isFile && (await isFolder(out))) throw new UsageError(`--out ${out} is a folder; give another name.`);
  const folder = isFile ? dirname(resolve(out)) : resolve(out);
  await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--out ${out} cannot be written (${error.code}).`);
  });
  await rejectLongName(isFile ? resolve(out) : join(folder, SAMPLE));
  return (videoId) => (isFile ? resolve(out) : join(folder, `${videoId}.mp4`));
}

/** As long as the name of every video: an id has at most 80 characters. */
const SAMPLE = `${'x'.repeat(80)}.mp4`;

async function rejectLongName(path: string): Promise<void> {
  const { code } = await stat(path).then(
    () => ({ code: undefined }),
    (error: NodeJS.ErrnoException) => error,
  );
  if (code === 'ENAMETOOLONG') throw new UsageError(`--out ${path} is longer than this system allows.`);
}

/** A path as it is shown: relative inside this folder, absolute elsewhere. */
export function shortPath(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere;
}

/** Without `recursive`: that `mkdir` of Node 24 never ends below a folder such as /proc, where new entries fail with ENOENT. */
async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let path = folder; !(await isFolder(path)) && path !== dirname(path); path = dirname(path)) {
    missing.unshift(path);
  }
  for (const path of missing) await mkdir(path);
  await access(folder, constants.W_OK);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
