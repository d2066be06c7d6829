import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedSecrets } from '../../../local/state/generated-secrets.ts';
import { openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import { UnusableFile } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const FILLED = 400;

/** A database with enough executions to have pages that SQLite does not read when it opens the file. */
async function filled(): Promise<string> {
  const path = join(await temporaryFolder(), 'executions.sqlite');
  const store = openExecutionStore(path);
  for (let index = 0; index < FILLED; index += 1) {
    store.add(
      {
        name: `v${index}`,
        input: JSON.stringify({ text: 'x'.repeat(500) }),
        startDate: new Date(),
        status: 'RUNNING',
        redriveCount: 0,
      },
      { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
    );
  }
  store.close();
  return path;
}

test.each([
  ['is no database', (path: string) => writeFileSync(path, 'this is a text, and no database at all')],
  ['is a folder', (path: string) => void mkdirSync(path)],
])('names a database that %s, and what to do', async (_name, damage) => {
  const path = join(await temporaryFolder(), 'executions.sqlite');
  damage(path);
  expect(() => openExecutionStore(path)).toThrow(UnusableFile);
  expect(() => openExecutionStore(path)).toThrow(`${path} cannot be read`);
  expect(() => openExecutionStore(path)).toThrow('Move it away');
});

test('names the database when a damaged page is read', async () => {
  const path = await filled();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x55, 8 * 4096, bytes.length - 4096));
  expect(() => {
    const store = openExecutionStore(path);
    store.list({ limit: FILLED });
  }).toThrow(UnusableFile);
});

test.each(['', '{"a":', '[]', '{"a":1}'])(
  'names a file of secrets that contains %j, and what to do',
  async (text) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'secrets.json'), text);
    expect(() => generatedSecrets(folder, ['callback'])).toThrow(UnusableFile);
    expect(() => generatedSecrets(folder, ['callback'])).toThrow(
      `${join(folder, 'secrets.json')} cannot be read`,
    );
  },
);
