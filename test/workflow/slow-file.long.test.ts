import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import { type Listening, listen } from '../../local/loopback-server.ts';
import type { LocalExecution } from '../../local/step-functions/engine.ts';
import { readTemplate, writeTemplate } from '../harness/assembly.ts';
import { makeVideo } from '../harness/copy-world.ts';
import { REQUEST, type RunningService, serve, synthesizeForSimulator } from '../harness/running-service.ts';

const VIDEO = makeVideo(4 * PART_BYTES + 700_000);
/** How long the function may run; deployed it is 15 minutes. */
const TIMEOUT_SECONDS = 6;

/** What the origin does with one connection: gives so many bytes and then nothing, or an answer of its own. */
type Turn = { readonly bytes: number } | { readonly httpStatus: number };

let turns: Turn[] = [];
let otherwise: Turn = { bytes: VIDEO.length };
const asked: (string | undefined)[] = [];

function answer({ headers }: IncomingMessage, response: ServerResponse): void {
  asked.push(headers.range);
  const turn = turns.shift() ?? otherwise;
  if ('httpStatus' in turn) return void response.writeHead(turn.httpStatus).end();
  const first = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${first}-${VIDEO.length - 1}/${VIDEO.length}` };
  const length = { 'content-length': VIDEO.length - first, etag: '"1"' };
  response.writeHead(first === 0 ? 200 : 206, { ...length, ...(first === 0 ? {} : range) });
  if (turn.bytes >= VIDEO.length - first) response.end(VIDEO.subarray(first));
  else response.write(VIDEO.subarray(first, first + turn.bytes));
}

const cleanup = new AsyncDisposableStack();
let origin: Listening;
let running: RunningService;
beforeAll(async () => {
  origin = await listen(createServer(), answer, 0);
  cleanup.defer(() => origin.stop());
  const stack = await synthesizeForSimulator({}, { TRUSTED_DOWNLOAD_ORIGINS: origin.url });
  cleanup.defer(() => stack.stop());
  const template = await readTemplate(stack.assembly);
  for (const { Properties } of Object.values(template.Resources))
    if (Properties?.Environment?.Variables.MAX_VIDEO_MEGABYTES !== undefined)
      Properties.Timeout = TIMEOUT_SECONDS;
  await writeTemplate(stack.assembly, template);
  running = await serve(stack);
  cleanup.defer(() => running.stop());
});
afterAll(() => cleanup.disposeAsync());

async function redriven({ arn, name }: LocalExecution): Promise<LocalExecution> {
  const { environment } = running.service;
  const client = new SFNClient({
    region: 'us-east-1',
    endpoint: environment.AWS_ENDPOINT_URL_SFN,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
  await client.send(new RedriveExecutionCommand({ executionArn: arn }));
  return running.endOf(name);
}

test('a file that takes longer than the function may run arrives, across attempts and a redrive', async () => {
  turns = [{ bytes: 2 * PART_BYTES + 100_000 }, { bytes: PART_BYTES + 100_000 }];
  otherwise = { httpStatus: 503 };
  const link = `${origin.url}/slow.mp4?Signature=simulated`;
  const broken = await running.run(REQUEST, { queries: ['Success'], link });
  expect(broken).toMatchObject({ status: 'FAILED', error: 'VideoUnreachable' });
  const behind = (parts: number): string => `bytes=${parts * PART_BYTES - 1024}-`;
  expect([asked[0], asked[1], new Set(asked.slice(2))]).toEqual([undefined, behind(2), new Set([behind(3)])]);

  otherwise = { bytes: VIDEO.length };
  asked.length = 0;
  expect(await redriven(broken)).toMatchObject({ status: 'SUCCEEDED' });
  expect(asked).toEqual([behind(3)]);
  const { video } = await running.get(broken.name);
  expect(video).toMatchObject({
    bytes: VIDEO.length,
    sha256: createHash('sha256').update(VIDEO).digest('hex'),
  });
  const stored = Buffer.from(await (await fetch(video?.url ?? '')).arrayBuffer());
  expect(stored.equals(VIDEO)).toBe(true);
});
