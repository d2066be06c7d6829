import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder, lockStateFolder } from '../../../local/state/folder-lock.ts';
import { FolderInUse } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const MODULE = join(import.meta.dirname, '..', '..', '..', 'local', 'state', 'folder-lock.ts');

/** The message that another process gets for the folder. */
function askedElsewhere(folder: string): string {
  const program = `
    const { lockFolder } = await import(process.argv[1]);
    try { lockFolder(process.argv[2]); console.log('locked'); } catch (error) { console.log(error.constructor.name); }
  `;
  const given = ['--input-type=module', '-e', program, MODULE, folder];
  return execFileSync(process.execPath, given, { encoding: 'utf8' }).trim();
}

test('rejects a second lock in one process, which does not unlock the folder for other processes', async () => {
  const folder = await temporaryFolder();
  const lock = lockFolder(folder);
  onTestFinished(() => lock[Symbol.dispose]());
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  onTestFinished(() => rmSync(link));
  for (const path of [folder, link]) expect(() => lockFolder(path)).toThrow(FolderInUse);
  expect(askedElsewhere(folder)).toBe('FolderInUse');
});

test('gives a second service of one process the next folder, and keeps the first one locked', async () => {
  const folder = await temporaryFolder();
  const first = lockStateFolder(join(folder, 'state'));
  onTestFinished(() => first.lock[Symbol.dispose]());
  const second = lockStateFolder(join(folder, 'state'));
  onTestFinished(() => second.lock[Symbol.dispose]());
  expect([first.folder, second.folder]).toEqual([join(folder, 'state'), join(folder, 'state-2')]);
  expect(askedElsewhere(first.folder)).toBe('FolderInUse');
});

test('frees a released folder for this and other processes', async () => {
  const folder = await temporaryFolder();
  lockFolder(folder)[Symbol.dispose]();
  expect(askedElsewhere(folder)).toBe('locked');
  lockFolder(folder)[Symbol.dispose]();
});
