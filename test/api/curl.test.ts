import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpegOf } from '../harness/images.ts';
import { type RunningService, startRunningService, temporaryFolder } from '../harness/running-service.ts';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from './signed-front.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'api.md'), 'utf8');
const hasCurl = spawnSync('curl', ['--help', 'all']).stdout?.includes('--aws-sigv4') === true;

let running: RunningService;
let front: SignedFront;
beforeAll(async () => {
  running = await startRunningService({ pauseMs: 600_000 });
  front = await startSignedFront(running.service.url);
});
afterAll(async () => {
  await front.stop();
  await running.stop();
});

/** The lines that prepare, and those that call. */
function linesOfPage(): { readonly preparation: readonly string[]; readonly calls: readonly string[] } {
  const [, section = ''] = /\n## A video in five calls\n([\s\S]*?)\n## /.exec(PAGE) ?? [];
  const lines = section.split('\n');
  return {
    preparation: lines.filter((line) => /^(sign=\(--aws|json=)/.test(line)),
    calls: lines.filter((line) => line.startsWith('curl ')),
  };
}

test('has a line for every call', () => {
  const { calls } = linesOfPage();
  expect(calls.map((line) => line.replaceAll(/"\$\{(sign|json)\[@\]\}" /g, '').slice(0, 60))).toHaveLength(
    10,
  );
  expect(linesOfPage().preparation).toHaveLength(2);
});

test.skipIf(!hasCurl).each([
  ['a signature', (preparation: readonly string[]) => preparation],
  ['a passing signature', (preparation: readonly string[]) => ['AWS_SESSION_TOKEN=a-token', ...preparation]],
  ['an API key', (preparation: readonly string[]) => [...preparation, 'sign=(-H "x-api-key: $KEY")']],
])('the curl lines of docs/api.md do what they say, with %s', async (_name, prepare) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'pet.jpg'), jpegOf(640, 480));
  const { preparation, calls } = linesOfPage();
  const environment: Record<string, string> = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    KEY: API_KEY,
    VIDEOS_URL: `${front.url}/videos`,
  };
  const refusedBefore = front.refused();
  const answers: { readonly status: number; readonly body: Readonly<Record<string, unknown>> }[] = [];
  for (const line of calls.map((each) => each.replace('order-18', randomUUID()))) {
    const script = [...prepare(preparation), `${line} -w '\\n%{http_code}'`].join('\n');
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment };
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: folder, env });
    const [status = '', ...text] = stdout.trim().split('\n').reverse();
    const body = JSON.parse(text.reverse().join('') || '{}');
    answers.push({ status: Number(status), body });
    environment.VALUE ??= body.value;
    environment.UPLOAD_URL ??= body.upload?.url;
    environment.VIDEO_ID ??= body.video_id;
    for (const [name, value] of Object.entries(environment))
      if (value === undefined) delete environment[name];
  }
  expect(answers).toMatchObject([
    { status: 200, body: { templates: expect.any(Array) } },
    { status: 201, body: { value: expect.stringContaining('/uploads/') } },
    { status: 200 },
    { status: 202, body: { status: 'queued' } },
    { status: 200, body: { video_id: environment.VIDEO_ID } },
    { status: 200, body: { video_id: environment.VIDEO_ID, states: expect.any(Array) } },
    { status: 200, body: { StartAt: 'Task given?' } },
    {
      status: 200,
      body: {
        // The end of the video before may not be listed yet.
        videos: expect.arrayContaining([
          expect.objectContaining({ video_id: environment.VIDEO_ID, status: 'running' }),
        ]),
      },
    },
    { status: 200, body: { videos: expect.any(Number), groups: expect.any(Array) } },
    { status: 200, body: { status: 'cancelled' } },
  ]);
  expect(front.refused()).toBe(refusedBefore);
});

test('the front that these lines pass refuses what is signed with another secret, or not at all', async () => {
  const before = front.refused();
  const url = `${front.url}/videos`;
  expect((await fetch(url)).status).toBe(403);
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20261123/${REGION}/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    'x-amz-date': '20261123T000000Z',
  };
  expect((await fetch(url, { headers })).status).toBe(403);
  expect(front.refused()).toBe(before + 2);
});
