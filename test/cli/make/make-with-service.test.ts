import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { parseFlags } from '../../../cli/command-line/commander.ts';
import { MAKE } from '../../../cli/commands/make.ts';
import { makeCommand } from '../../../cli/make/make-command.ts';
import { ApiError, createClient } from '../../../client/index.ts';
import type { Video } from '../../../lambdas/core/api/response.ts';
import { MINIMAX_HEADER, SIMULATED } from '../../../lambdas/core/api/simulated.ts';
import { videoKey } from '../../../lambdas/core/storage-keys.ts';
import { API_KEY, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../../api/signed-front.ts';
import { pngOf } from '../../harness/images.ts';
import {
  REQUEST,
  type RunningService,
  startRunningService,
  temporaryFolder,
} from '../../harness/running-service.ts';
import { endOf, PROJECT, type Ran, runCommand, startCommand } from '../run-command.ts';

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
afterEach(async () => {
  vi.restoreAllMocks();
  const { executions } = running.service.engine.executions.list({ status: 'RUNNING', limit: 100 });
  await Promise.all(executions.map(({ name }) => running.endOf(name)));
});

const env = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
};

/** The command in a process of its own. @param variables of its environment, by default AWS credentials */
const video = (args: readonly string[], variables: Readonly<Record<string, string>> = env): Promise<Ran> =>
  runCommand('cli/template-video.ts', ['make', '--yes', '--url', front.url, ...args], { env: variables });

/** A folder with a picture in it, and the flags for a video of that picture. */
async function orderFlags(): Promise<{ readonly folder: string; readonly flags: readonly string[] }> {
  const folder = await temporaryFolder();
  const media = join(folder, 'pet.png');
  await writeFile(media, pngOf(400, 400));
  return {
    folder,
    flags: ['--template', '393769180141805569', '--media', media, '--text', 'Lion', '--out', folder],
  };
}

test('uploads a local image, makes the video, and prints the path of the file', async () => {
  const { folder, flags } = await orderFlags();
  const { out, err, exitCode } = await video(flags);
  expect({ err, exitCode }).toMatchObject({ exitCode: 0 });
  expect(out).toMatch(/^\S+\.mp4\n$/);
  const path = out.trim();
  expect(path.startsWith(folder)).toBe(true);
  expect(await readFile(path)).toEqual(await readFile(CLIP));
  expect(err).toMatch(/succeeded · \d+ s · task \d+ · \d checks/);
  expect(JSON.stringify(running.simulator.creates.at(-1)?.body)).toContain('data:image/png;base64,');
  expect(front.refused()).toBe(0);
});

test('fetches a video with an API key of the environment, and prints nothing but JSON with --json', async () => {
  const posted = await running.post(REQUEST, { 'x-api-key': API_KEY });
  const { video_id: name } = (await posted.json()) as Video;
  await running.endOf(name);
  const folder = await temporaryFolder();
  const key = { TEMPLATE_VIDEO_API_KEY: API_KEY };
  const { out, exitCode } = await video(['--video', name, '--out', folder, '--json'], key);
  expect(exitCode).toBe(0);
  const path = join(folder, `${name}.mp4`);
  expect(JSON.parse(out)).toMatchObject({ video_id: name, status: 'succeeded', path });
  expect(await readFile(path)).toEqual(await readFile(CLIP));
});

test('says that the file of a video was deleted, with exit code 1', async () => {
  const posted = await running.post(REQUEST, { 'x-api-key': API_KEY });
  const { video_id: name } = (await posted.json()) as Video;
  await running.endOf(name);
  const [Bucket] = running.service.deployment.buckets;
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key: videoKey(name) }));
  const { out, err, exitCode } = await video(['--video', name, '--json', '--out', await temporaryFolder()], {
    TEMPLATE_VIDEO_API_KEY: API_KEY,
  });
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ status: 'succeeded', video: null });
  expect(JSON.parse(err.slice(err.indexOf('{'))).message).toMatch(
    /^The file of video \S+ was deleted, on \S+ at the latest\. Nothing was started\.$/,
  );
});

test('says why a video has failed, with exit code 1', async () => {
  const { flags } = await orderFlags();
  running.simulator.script({ create: { code: 1008 } });
  const { out, err, exitCode } = await video(flags);
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
  expect(err).toContain('InsufficientBalance: ');
});

test('names what the service rejects in a request, with exit code 2', async () => {
  const folder = await temporaryFolder();
  const { err, out, exitCode } = await video(['--template', '392747428568649728', '--out', folder]);
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 });
  expect(err).toContain('/media_inputs must fit the template Diving: one image (a photo); given 0');
});

test('stops at once with Ctrl-C, says how to fetch the video, and leaves it running', async () => {
  const { flags } = await orderFlags();
  running.simulator.script({ queries: ['Processing'] });
  const child = startCommand('cli/template-video.ts', ['make', '--yes', '--url', front.url, ...flags], {
    env,
  });
  child.stderr.on('data', (chunk) => {
    if (/^(generating|queued) /m.test(String(chunk)) && !child.killed) child.kill('SIGINT');
  });
  const { exitCode, err } = await endOf(child);
  expect(exitCode).toBe(130);
  expect(err).toMatch(
    /Stopped watching\. The video continues and will be charged\. To fetch it: template-video make --video/,
  );
  const [, videoId = ''] = /^video (\S+)$/m.exec(err) ?? [];
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/` };
  const call = (method: string) => fetch(`${running.service.url}/videos/${videoId}`, { method, headers });
  expect(await (await call('GET')).json()).toMatchObject({
    status: expect.stringMatching('generating|queued'),
  });
  expect((await call('DELETE')).status).toBe(200);
});

const UNINTERRUPTED = {
  interruption: {
    promise: new Promise<void>(() => undefined),
    signal: new AbortController().signal,
    hasHappened: false,
  },
  onFatal: () => undefined,
};

/** The command in this process, with an API key: what it prints, and what it throws. */
const order = (...args: readonly string[]) => orderUnconfirmed('--yes', ...args);

async function orderUnconfirmed(...args: readonly string[]) {
  const [out, err] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) =>
    spy.mockImplementation(() => undefined),
  );
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const url = args.includes('--url') ? [] : ['--url', front.url];
  const all = [...url, '--key', API_KEY, ...args];
  const thrown = await makeCommand(parseFlags(MAKE, all).values, UNINTERRUPTED).then(
    () => undefined,
    (error: Error) => error.message,
  );
  const linesOf = (spy = out) => (spy?.mock.calls ?? []).map(String);
  return { thrown, out: linesOf(out), err: linesOf(err) };
}

test('names the video as soon as it is started, and how to fetch it where watching fails', async () => {
  const { flags } = await orderFlags();
  front.interfere('GET', [403]);
  const { thrown, err, out } = await order(...flags);
  expect(out).toEqual([]);
  const [, videoId] = /^video (\S+)$/m.exec(err.join('\n')) ?? [];
  expect(thrown).toContain(
    `HTTP 403). Interfered To fetch it: template-video make --video ${videoId} --url ${front.url}/videos --key …`,
  );
});

test('checks a new video again that Step Functions does not show yet', async () => {
  const { flags } = await orderFlags();
  front.interfere('GET', [404]);
  expect(await order(...flags)).toMatchObject({ thrown: undefined, out: [expect.stringMatching(/\.mp4$/)] });
});

test('says that the request may have been accepted, and how to repeat it', async () => {
  const { flags: args } = await orderFlags();
  front.interfere('POST', ['lose', 403]);
  const { thrown } = await order(...args, '--idempotency-key', 'order 5');
  expect(thrown).toContain(
    'It is not known whether the request was accepted. Repeat the command with --idempotency-key "order 5"',
  );
});

test('needs no other network than the one to a service on this machine', async () => {
  expect(await order('--out', await temporaryFolder())).toMatchObject({ thrown: undefined });
  expect(JSON.stringify(running.simulator.creates.at(-1)?.body)).toContain('data:image/jpeg;base64,');
});

test('repeats a request whose answer was lost, prints each try and each warning, and pays for one video', async () => {
  const before = running.simulator.creates.length;
  front.interfere('POST', ['lose', 'cut']);
  const { thrown, err } = await order('--template', '1', '--out', await temporaryFolder());
  expect(thrown).toBeUndefined();
  expect(err.join('\n')).toMatch(/127\.0\.0\.1:\d+: .+; try 2 of 5 in 1 s\n.+; try 3 of 5 in 2 s\n/);
  expect(err.filter((line) => line.startsWith('Warning: Template 1 is not among those known'))).toHaveLength(
    1,
  );
  expect(running.simulator.creates.length).toBe(before + 1);
});

test('gets one video for one key, and is refused with a wrong API key', async () => {
  const clientWith = (apiKey: string) => createClient({ url: `${front.url}/videos`, apiKey });
  const before = running.simulator.creates.length;
  const client = clientWith(API_KEY);
  const { video_id } = await client.start(REQUEST, { idempotencyKey: 'order 17' });
  await running.endOf(video_id);
  expect(await client.start(REQUEST, { idempotencyKey: 'order 17' })).toMatchObject({ video_id });
  expect(running.simulator.creates.length).toBe(before + 1);
  await expect(clientWith('wrong').start(REQUEST, { idempotencyKey: 'order 18' })).rejects.toThrow(ApiError);
});

test('sends nothing that costs money without --yes where there is no terminal, and names the price', async () => {
  const { flags } = await orderFlags();
  const before = running.simulator.creates.length;
  const posts = vi.spyOn(globalThis, 'fetch');
  expect(await orderUnconfirmed(...flags)).toMatchObject({
    out: [],
    thrown: expect.stringMatching(
      /^A video of Run for Life costs about \$0\.45, by MiniMax's page on [\d-]+\. There is no terminal to ask on: add --yes to spend the money\. Nothing was sent\.$/,
    ),
  });
  expect(posts.mock.calls.map(([, init]) => init?.method)).toEqual(['GET']);
  expect(running.simulator.creates.length).toBe(before);
});

test('asks nothing where the service on this machine says that its MiniMax is the simulated one', async () => {
  const simulated = await startSignedFront(running.service.url, { [MINIMAX_HEADER]: SIMULATED });
  onTestFinished(() => simulated.stop());
  const { flags } = await orderFlags();
  expect(await orderUnconfirmed(...flags, '--url', simulated.url)).toMatchObject({
    thrown: undefined,
    out: [expect.stringMatching(/\.mp4$/)],
  });
});

test('takes the name of a template, and prints the video and its path as JSON', async () => {
  const { folder, flags } = await orderFlags();
  const named = flags.map((flag) => (/^\d+$/.test(flag) ? 'run FOR' : flag));
  const { thrown, out } = await order(...named, '--json');
  expect(thrown).toBeUndefined();
  const video = JSON.parse(out.join('\n'));
  expect(video).toMatchObject({ template_id: '393769180141805569', status: 'succeeded' });
  expect(video.path).toBe(join(folder, `${video.video_id}.mp4`));
});

test('shows the body and its price with --dry-run, and sends nothing at all', async () => {
  const { flags } = await orderFlags();
  const calls = vi.spyOn(globalThis, 'fetch');
  const { thrown, out, err } = await orderUnconfirmed(...flags, '--dry-run');
  expect(thrown).toBeUndefined();
  expect(JSON.parse(out.join('\n'))).toEqual({
    template_id: '393769180141805569',
    media_inputs: [{ value: '(the value of the upload of pet.png)' }],
    text_inputs: [{ value: 'Lion' }],
  });
  expect(err.at(-1)).toMatch(/^A video of Run for Life costs about \$0\.45, .*\. Nothing was sent\.$/);
  expect(calls).not.toHaveBeenCalled();
});

test('says with --dry-run what the service would reject', async () => {
  const { thrown } = await orderUnconfirmed('--template', 'Diving', '--dry-run');
  expect(thrown).toContain('/media_inputs must fit the template Diving: one image (a photo); given 0');
});
