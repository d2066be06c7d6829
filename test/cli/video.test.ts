import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../api/signed-front.ts';
import { pngOf } from '../harness/images.ts';
import { type RunningService, startRunningService, temporaryFolder } from '../harness/running-service.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const CLIP = join(PROJECT, 'local', 'simulator', 'clip.mp4');

let running: RunningService;
let front: SignedFront;
beforeAll(async () => {
  running = await startRunningService();
  front = await startSignedFront(running.service.url);
});
afterAll(async () => {
  await front.stop();
  await running.stop();
});

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

const SIGNED = {
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
};

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** The address to POST to; empty for none. */
  readonly url?: string;
}

function start(args: readonly string[], { env = SIGNED, url = `${front.url}/videos` }: Surroundings = {}) {
  return spawn(process.execPath, ['cli/video.ts', ...(url === '' ? [] : ['--url', url]), ...args], {
    cwd: PROJECT,
    env: { PATH: '/usr/bin:/bin', AWS_EC2_METADATA_DISABLED: 'true', ...env },
  });
}

/** Runs the client against the service, as somebody who has AWS credentials unless told otherwise. */
async function video(
  args: readonly string[],
  { env = SIGNED, url = `${front.url}/videos` }: Surroundings = {},
): Promise<Ran> {
  const child = start(args, { env, url });
  const [out, err, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, exitCode };
}

/** A folder with a picture in it, and what to ask for with that. */
async function order(): Promise<{ readonly folder: string; readonly flags: readonly string[] }> {
  const folder = await temporaryFolder();
  const media = join(folder, 'pet.png');
  await writeFile(media, pngOf(400, 400));
  return {
    folder,
    flags: ['--template', '393769180141805569', '--media', media, '--text', 'Lion', '--out', folder],
  };
}

test('uploads a local image, makes the video, and prints where it has put it', async () => {
  const { folder, flags } = await order();
  const { out, err, exitCode } = await video(flags);
  expect({ err, exitCode }).toMatchObject({ exitCode: 0 });
  const path = out.trim();
  expect(path.startsWith(folder)).toBe(true);
  expect(await readFile(path)).toEqual(await readFile(CLIP));
  expect(err).toMatch(/succeeded · \d+ s · task \d+ · \d checks/);
  expect(JSON.stringify(running.simulator.creates.at(-1)?.body)).toContain('data:image/png;base64,');
  expect(front.refused()).toBe(0);
});

test('prints JSON, and nothing else, with --json', async () => {
  const { flags } = await order();
  const { out, exitCode } = await video([...flags, '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ status: 'succeeded', path: expect.stringMatching(/\.mp4$/) });
});

test('shows an API key instead of a signature', async () => {
  const { flags } = await order();
  expect(await video([...flags, '--key', API_KEY], { env: {} })).toMatchObject({ exitCode: 0 });
  expect(await video([...flags, '--key', 'wrong'], { env: {} })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('HTTP 403'),
  });
});

test('takes an API key from the environment, and rather that of the flag', async () => {
  const { flags } = await order();
  const withKey = (key: string) => ({ env: { TEMPLATE_VIDEO_API_KEY: key } });
  expect(await video(flags, withKey(API_KEY))).toMatchObject({ exitCode: 0 });
  expect(await video([...flags, '--key', API_KEY], withKey('wrong'))).toMatchObject({ exitCode: 0 });
  const wrong = await video(flags, withKey('a b'));
  expect(wrong.err).toContain('TEMPLATE_VIDEO_API_KEY is not a key');
});

test('sends a request again whose answer was lost, and pays for one video', async () => {
  const { flags } = await order();
  const before = running.simulator.creates.length;
  front.interfere('POST', ['lose', 'cut']);
  const { exitCode, err } = await video(['--template', '1', ...flags.slice(-2)]);
  expect(exitCode).toBe(0);
  expect(err).toMatch(/127\.0\.0\.1:\d+: .+; try 2 of 5 in 1 s\n.+; try 3 of 5 in 2 s\n/);
  expect(err.match(/^Warning: Template 1 is not among those known/gm)).toHaveLength(1);
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('fetches a video that exists, and the same one for the same key', async () => {
  const { folder, flags } = await order();
  const before = running.simulator.creates.length;
  const { out } = await video([...flags, '--json', '--idempotency-key', 'order 17']);
  const { video_id } = JSON.parse(out);
  const again = await video([...flags, '--json', '--idempotency-key', 'order 17']);
  expect(JSON.parse(again.out).video_id).toBe(video_id);
  const fetched = await video(['--video', video_id, '--out', folder]);
  expect(fetched).toMatchObject({ exitCode: 0, out: expect.stringContaining(`${video_id}.mp4`) });
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('says why a video has failed, with exit code 1', async () => {
  const { flags } = await order();
  running.simulator.script({ create: { code: 1008 } });
  const { out, err, exitCode } = await video(flags);
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
  expect(err).toContain('InsufficientBalance: ');
});

test('names what the service has against a request, with exit code 2', async () => {
  const folder = await temporaryFolder();
  const { err, exitCode } = await video(['--template', '392747428568649728', '--out', folder]);
  expect(exitCode).toBe(2);
  expect(err).toContain('/media_inputs must fit the template Diving: one image (a photo); given 0');
});

test('names the video as soon as it is started, and how to fetch it where watching fails', async () => {
  const { flags } = await order();
  front.interfere('GET', [403]);
  const { exitCode, err, out } = await video(flags);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  const [, videoId = ''] = /^video (\S+)$/m.exec(err) ?? [];
  expect(err).toContain(`To fetch it: npm run video -- --video ${videoId} --url ${front.url}/videos`);
  await running.endOf(videoId);
});

test('looks again for a new video that Step Functions does not show yet', async () => {
  const { flags } = await order();
  front.interfere('GET', [404]);
  expect(await video(flags)).toMatchObject({ exitCode: 0 });
});

test('says what was asked for and how to ask again, where nobody knows whether it was accepted', async () => {
  const { flags } = await order();
  front.interfere('POST', ['lose', 403]);
  const { exitCode, err } = await video(flags);
  expect(exitCode).toBe(1);
  expect(err).toMatch(
    /It is not known whether the request was accepted\. Repeat the command with --idempotency-key "[\w-]+"/,
  );
  const { executions } = running.service.engine;
  await Promise.all(executions.list({ limit: 100 }).executions.map(({ name }) => running.endOf(name)));
});

test('stops at once with Ctrl-C, says how to fetch the video, and leaves it running', async () => {
  const { flags } = await order();
  running.simulator.script({ queries: ['Processing'] });
  const child = start(flags);
  const ended = once(child, 'close');
  let err = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    err += chunk;
    if (/^(generating|queued) /m.test(err) && !child.killed) child.kill('SIGINT');
  }
  expect((await ended)[0]).toBe(130);
  expect(err).toMatch(
    /Stopped watching\. The video continues and will be charged\. To fetch it: npm run video -- --video/,
  );
  const [, videoId = ''] = /^video (\S+)$/m.exec(err) ?? [];
  expect((await running.get(videoId)).finished_at).toBeUndefined();
});

test('exits 2 at contradicting flags, and says which', async () => {
  const { out, err, exitCode } = await video(['--stack', 'Mine'], { url: 'https://example.com/videos' });
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 });
  expect(err).toContain(
    '--url and --stack both say where to POST; give one of them.\nnpm run video -- --help',
  );
});

test('needs no other network than the one to a service on this machine', async () => {
  const { out, err, exitCode } = await video(['--out', await temporaryFolder()]);
  expect({ err, exitCode }).toMatchObject({ exitCode: 0 });
  expect(out).toMatch(/^\S+\.mp4\n$/);
  expect(JSON.stringify(running.simulator.creates.at(-1)?.body)).toContain('data:image/jpeg;base64,');
});

test('says what is missing where neither the stack nor --url tells the address', async () => {
  const { err, exitCode } = await video(['--stack', 'Nobody'], { url: '', env: { AWS_REGION: REGION } });
  expect(exitCode).toBe(2);
  expect(err).toContain('The address of the stack Nobody could not be read');
});
