import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder, lockStateFolder } from '../../../local/state/folder-lock.ts';
import { FolderInUse } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const MODULE = join(import.meta.dirname, '..', '..', '..', 'local', 'state', 'folder-lock.ts');

/** What another process is told that wants the folder. */
function askedElsewhere(folder: string): string {
  const program = `
    const { lockFolder } = await import(process.argv[1]);
    try { lockFolder(process.argv[2]); console.log('locked'); } catch (error) { console.log(error.constructor.name); }
  `;
  const given = ['--input-type=module', '-e', program, MODULE, folder];
  return execFileSync(process.execPath, given, { encoding: 'utf8' }).trim();
}

test('a second try in the same process is refused, and does not open the folder to other processes', async () => {
  const folder = await temporaryFolder();
  const lock = lockFolder(folder);
  onTestFinished(() => lock[Symbol.dispose]());
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  onTestFinished(() => rmSync(link));
  for (const path of [folder, link]) expect(() => lockFolder(path)).toThrow(FolderInUse);
  expect(askedElsewhere(folder)).toBe('FolderInUse');
});

test('a second service of one process takes the next folder, and does not open the first one', async () => {
  const folder = await temporaryFolder();
  const first = lockStateFolder(join(folder, 'state'));
  onTestFinished(() => first.lock[Symbol.dispose]());
  const second = lockStateFolder(join(folder, 'state'));
  onTestFinished(() => second.lock[Symbol.dispose]());
  expect([first.folder, second.folder]).toEqual([join(folder, 'state'), join(folder, 'state-2')]);
  expect(askedElsewhere(first.folder)).toBe('FolderInUse');
});

test('a folder that was given back is free again, here and elsewhere', async () => {
  const folder = await temporaryFolder();
  lockFolder(folder)[Symbol.dispose]();
  expect(askedElsewhere(folder)).toBe('locked');
  lockFolder(folder)[Symbol.dispose]();
});
