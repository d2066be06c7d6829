import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeVideo } from '../../../cli/make/make-here.ts';
import type { RunningStack } from '../../../cli/start-stack.ts';
import { listen } from '../../../local/loopback-server.ts';

const VIDEO = Buffer.alloc(2_000_000, 'v');
const SHA256 = createHash('sha256').update(VIDEO).digest('hex');

const stack = vi.hoisted(() => ({ start: undefined as undefined | (() => Promise<unknown>) }));
// A real stack would stop too fast for its download to notice: here it stops at once.
vi.mock('../../../cli/start-stack.ts', () => ({ startStack: () => stack.start?.() }));

/** A service that has made a video, and sends its second half only after a while. */
async function startSlowService() {
  const listening = await listen(createServer(), answer, 0);
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', 'http://x');
    if (pathname === '/file') {
      response.write(VIDEO.subarray(0, 1_000_000));
      await after(100);
      response.end(VIDEO.subarray(1_000_000));
      return;
    }
    const file = {
      url: `${listening.url}/file`,
      url_expires_at: new Date().toISOString(),
      s3_uri: 's3://b/k',
    };
    const video = {
      video_id: 'v1',
      status: 'succeeded',
      created_at: new Date().toISOString(),
      elapsed_seconds: 1,
      video: { ...file, bytes: VIDEO.length, sha256: SHA256, content_type: 'video/mp4' },
    };
    response.writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(video));
  }
  onTestFinished(() => listening.stop());
  return listening;
}

test('stops the service after the file is complete, and not before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'template-video-make-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'v1.mp4');
  const service = await startSlowService();
  const executions = { list: () => ({ executions: [] }), get: () => undefined };
  const running = {
    service: {
      url: service.url,
      engine: { executions },
      videos: { ids: () => [], isUnreadable: () => false },
      deployment: { stateMachine: { definition: { StartAt: '', States: {} } } },
      resumed: [],
      forgotten: [],
    },
    isReal: false,
    exampleImage: '',
    otherHosts: [],
    [Symbol.asyncDispose]: () => service.stop(),
  } as unknown as RunningStack;
  stack.start = async () => running;
  // The video is ready already: there is no execution to wait for.
  const interruption = {
    hasHappened: false,
    promise: Promise.resolve(),
    signal: new AbortController().signal,
  };

  const exitCode = await makeVideo(
    {
      order: { template: '1', texts: [], images: [] },
      toPath: () => path,
      minimax: {},
      template: '1',
      isJson: false,
      opens: false,
    },
    { interruption, onFatal: () => undefined },
  );
  expect(exitCode).toBe(0);
  expect(await readFile(path)).toEqual(VIDEO);
});
