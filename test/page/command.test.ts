import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type Command, endOf, runCommand, startCommand } from '../cli/run-command.ts';
import { temporaryFolder } from '../harness/running-service.ts';
import { startRecorder } from './recorder.ts';

const PROGRAM = 'cli/template-video.ts';

/** `template-video page`, once it has printed its address. */
async function startPage(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = startCommand(PROGRAM, ['page', ...flags], { env });
  const ended = once(child, 'close');
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  await expect.poll(() => err).toContain('Ctrl-C stops it.');
  return { address, child, ended, err: () => err };
}

async function exitCodeOf(child: Command, signal: NodeJS.Signals): Promise<unknown> {
  const ended = once(child, 'close');
  child.kill(signal);
  return (await ended)[0];
}

test('prints its address first, sends the key itself, and ends with Ctrl-C', async () => {
  const service = await startRecorder();
  const { address, child, err } = await startPage(['--url', service.url, '--key', 'my-key']);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  expect(err()).toContain('Keep the address secret');
  expect(err()).not.toContain(new URL(address).searchParams.get('token'));
  const answer = await fetch(address);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const [, inside = ''] = /url=([^"]+)"/.exec(await answer.text()) ?? [];
  const { origin } = new URL(address);
  expect((await fetch(`${origin}${inside}`, { headers: { cookie } })).status).toBe(200);
  expect((await fetch(`${origin}${inside}templates`, { headers: { cookie } })).status).toBe(200);
  // The page itself asks a service on this machine for its name, by the same call.
  const call = { call: 'GET /templates', headers: { 'x-api-key': 'my-key' } };
  expect(service.received).toMatchObject([call, call]);
  expect(await exitCodeOf(child, 'SIGINT')).toBe(0);
  await expect(fetch(address)).rejects.toThrow();
  expect(err()).not.toContain('my-key');
});

test('signs with the AWS credentials of the environment', async () => {
  const service = await startRecorder();
  const env = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
  const { address } = await startPage(['--url', service.url], env);
  const answer = await fetch(address);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const [, inside = ''] = /url=([^"]+)"/.exec(await answer.text()) ?? [];
  await fetch(`${new URL(address).origin}${inside}templates`, { headers: { cookie } });
  expect(service.received[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, /,
  );
});

test('takes the port that is asked for, and says where another program has it', async () => {
  const service = await startRecorder();
  const { port } = new URL(service.url);
  expect(await runCommand(PROGRAM, ['page', '--url', service.url, '--port', port])).toEqual({
    exitCode: 2,
    out: '',
    err: expect.stringContaining(`Port ${port} is taken; choose another with --port.`),
  });
});

test.each([
  [['--stack', 'a stack'], '--stack is "a stack"; allowed is the name or the ARN of a stack.'],
  [['--stack', 'A', '--url', 'http://127.0.0.1:1'], '--url and --stack both say which service to call'],
  [['--url', 'http://example.com/videos'], 'is not https'],
  [['--url', 'http://127.0.0.1:1', '--port', '65536'], '--port'],
  [['--url', 'http://127.0.0.1:1', '--port', 'x'], '--port'],
  [['--url', 'http://127.0.0.1:1', '--key', 'a key'], '--key is not a key'],
  [['--url', 'https://example.com/videos'], 'The region of example.com is not known'],
])('says what is wrong with %j, and serves nothing', async (flags, sentence) => {
  expect(await runCommand(PROGRAM, ['page', ...flags])).toEqual({
    exitCode: 2,
    out: '',
    err: expect.stringContaining(sentence),
  });
});

test('opens the browser without its secret in the arguments, which every user of the machine sees', async () => {
  const service = await startRecorder();
  const programs = await temporaryFolder();
  const noted = join(programs, 'noted');
  const opener = join(programs, 'xdg-open');
  await writeFile(
    opener,
    `#!/bin/sh\nstat -c %a "$1" > ${noted}.mode\ncp "$1" ${noted}.html\necho "$@" > ${noted}\n`,
  );
  await chmod(opener, 0o755);
  const { address, child } = await startPage(['--url', service.url, '--open'], {
    PATH: `${programs}:/usr/bin:/bin`,
  });
  await expect.poll(() => stat(noted).catch(() => undefined)).toBeDefined();
  const path = (await readFile(noted, 'utf8')).trim();
  expect(path).not.toContain(new URL(address).searchParams.get('token'));
  expect(await readFile(`${noted}.html`, 'utf8')).toContain(`url=${address}"`);
  expect((await readFile(`${noted}.mode`, 'utf8')).trim()).toBe('600');
  expect(await exitCodeOf(child, 'SIGTERM')).toBe(0);
  await expect(stat(dirname(path))).rejects.toThrow('ENOENT');
});

test('ends at once where it is interrupted twice', async () => {
  const service = await startRecorder();
  const { child } = await startPage(['--url', service.url]);
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect([0, 130]).toContain((await endOf(child)).exitCode);
});
