import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../local/loopback-server.ts';
import { temporaryFolder } from '../harness/running-service.ts';
import { bundleClient } from './bundle.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const MAX_GZIP_BYTES = 12_000;

test('is small, also with all that it imports', async () => {
  const text = await bundleClient();
  expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(MAX_GZIP_BYTES);
  // The package's users see no schemas of ours.
  expect(text).not.toMatch(/zod|safeParse/i);
});

test('compiles for browsers, without the types of Node', async () => {
  const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compile = (folder: string) =>
    spawnSync(process.execPath, [tsc, '-p', folder], { cwd: PROJECT, encoding: 'utf8' });
  expect(compile('client')).toMatchObject({ stdout: '', status: 0 });
  const folder = await temporaryFolder();
  const config = JSON.parse(await readFile(join(PROJECT, 'client', 'tsconfig.json'), 'utf8'));
  config.extends = join(PROJECT, 'tsconfig.json');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'a.ts'), "export const bytes = Buffer.from('a');\n");
  expect(compile(folder).stdout).toContain("Cannot find name 'Buffer'");
});

/** The first Node of this machine that is not one of this project's packages. */
function nodeOfMachine(): { readonly path: string; readonly version: string } | undefined {
  const { stdout: found } = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' });
  for (const path of (found ?? '').split('\n').filter((each) => !/^$|node_modules/.test(each))) {
    const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() !== process.version) return { path, version: stdout.trim() };
  }
  return undefined;
}

const other = nodeOfMachine();

test('works in the Node of this project', () => expectToWork(process.execPath));
test.skipIf(other === undefined)('works in the Node of this machine', () => expectToWork(other?.path ?? ''));

async function expectToWork(node: string): Promise<void> {
  const file = join(await temporaryFolder(), 'client.mjs');
  await writeFile(file, await bundleClient());
  const service = await listen(createServer(), answer, 0);
  onTestFinished(() => service.stop());
  const script = join(import.meta.dirname, 'use-client.js');
  const args = [script, pathToFileURL(file).href, `${service.url}/prod`];
  const { out, err } = await new Promise<{ out: string; err: string }>((resolve) => {
    execFile(node, args, (_error, stdout, stderr) => resolve({ out: stdout, err: stderr }));
  });
  expect(err).toBe('');
  expect(JSON.parse(out)).toEqual({
    status: 'succeeded',
    seen: ['queued', 'succeeded'],
    listed: ['a', 'b'],
    failed: [true, 'InsufficientBalance', 'new_request'],
    rejected: [true, 'video-not-found'],
    stopped: ['Stopped', 'running'],
    notices: 2,
  });
}

const ERROR = {
  type: 'InsufficientBalance',
  title: 'T',
  detail: 'D.',
  money_spent: 'no',
  retry: 'new_request',
};
const NOT_FOUND = { type: 'urn:template-video:problem:video-not-found', title: 'T' };
let calls = 0;

/** A service of a few fixed answers, which loses its first answer to each start. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { method, url = '', headers } = request;
  const { host } = headers;
  const reply = (value: object, status = 200, retryAfter = 0) =>
    response.writeHead(status, { 'retry-after': String(retryAfter) }).end(JSON.stringify(value));
  if (url === '/image') return void response.end();
  if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256')) return void reply({}, 403);
  if (method === 'POST' && url === '/prod/videos') calls += 1;
  const id = /"template_id":"2"/.test(body) ? 'v2' : 'v1';
  switch (`${method} ${url}`) {
    case 'POST /prod/uploads':
      return void reply(
        { value: 's3://b/1', upload: { method: 'PUT', url: `http://${host}/image`, headers: {} } },
        201,
      );
    case 'POST /prod/videos':
      return void (calls % 2 === 1 ? response.destroy() : reply({ video_id: id, status: 'queued' }, 202));
    case 'GET /prod/videos/v1':
      polls += 1;
      return void reply(polls % 2 === 1 ? QUEUED : { ...QUEUED, status: 'succeeded', finished_at: 'now' });
    case 'GET /prod/videos/v2':
      return void reply({ ...QUEUED, video_id: 'v2', status: 'failed', finished_at: 'now', error: ERROR });
    case 'GET /prod/videos/running':
      return void reply({ ...QUEUED, video_id: 'running' }, 200, 60);
    case 'GET /prod/videos':
      return void reply({ videos: [{ video_id: 'a', status: 'failed' }], next_cursor: 'c' });
    case 'GET /prod/videos?cursor=c':
      return void reply({ videos: [{ video_id: 'b', status: 'failed' }] });
    default:
      return void reply(NOT_FOUND, 404);
  }
}

const QUEUED = { video_id: 'v1', status: 'queued' };
let polls = 0;
