import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const ATTW = join(import.meta.dirname, '..', 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');

/** A package of the registry is at most so large, packed. */
const MAX_PACKED_BYTES = 5_000_000;

/** What publint, and are-the-types-wrong where there are types, say against a packed package; empty where it is right. */
export async function findingsOf(folder: string, file: string): Promise<readonly string[]> {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { messages } = await publint({ pkgDir: folder, strict: true });
  const fromPublint = messages.map(
    (message) => `publint: ${formatMessage(message, manifest) ?? message.code}`,
  );
  const { length: bytes } = readFileSync(file);
  const size = bytes > MAX_PACKED_BYTES ? [`${bytes} bytes are more than ${MAX_PACKED_BYTES}`] : [];
  return [...fromPublint, ...('types' in manifest ? wrongTypes(file) : []), ...size];
}

function wrongTypes(file: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ATTW, file, '--no-emoji', '--no-color'], {
    encoding: 'utf8',
  });
  return status === 0 ? [] : [`are-the-types-wrong:\n${stdout}${stderr}`];
}
