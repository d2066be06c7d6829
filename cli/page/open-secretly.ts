import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../make/open-file.ts';

/**
 * Opens an address with a secret in it. Other users of this machine see the arguments of every program. So the browser gets the name of
 * a file instead, which only this user can read. It leads to the address.
 * @returns what deletes the file
 */
export async function openSecretly(address: string): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-page-'));
  const path = join(folder, 'open.html');
  const html = `<!doctype html><meta charset="utf-8"><title>Template Video</title><meta http-equiv="refresh" content="0; url=${address}">`;
  await writeFile(path, html, { mode: 0o600 });
  await openFile(path);
  return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
