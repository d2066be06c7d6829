import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type MiniMaxBackend, selectMiniMax } from '../../../cli/minimax-backend.ts';
import { listen } from '../../../local/loopback-server.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

/** The simulated MiniMax of `npm run dev`, until the test is over. */
async function simulated(
  simulatorFolder: string,
  announce = (_line: string): void => undefined,
): Promise<MiniMaxBackend> {
  const peer = await selectMiniMax({ callbacks: false, simulatorFolder, announce });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await peer.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  return { ...peer, stop };
}

async function ask(
  peer: MiniMaxBackend,
  method: string,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${peer.context.minimaxHost}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${peer.secrets.get('minimax/api-key')}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

test('continues its tasks on its old port when the simulated MiniMax starts again', async () => {
  const folder = await temporaryFolder();
  const first = await simulated(folder);
  const { task_id } = await ask(first, 'POST', 'video_template_generation', { template_id: '1' });
  const query = `query/video_template_generation?task_id=${task_id}`;
  expect(await ask(first, 'GET', query)).toMatchObject({ status: 'Preparing' });
  await first.stop();
  const second = await simulated(folder);
  expect(second.context.minimaxHost).toBe(first.context.minimaxHost);
  expect(await ask(second, 'GET', query)).toMatchObject({ status: 'Processing' });
  const next = await ask(second, 'POST', 'video_template_generation', { template_id: '1' });
  expect(next.task_id).not.toBe(task_id);
});

test('takes another port and announces it where another process has taken its own', async () => {
  const folder = await temporaryFolder();
  const first = await simulated(folder);
  await first.stop();
  const port = Number(new URL(String(first.context.minimaxHost)).port);
  const other = await listen(createServer(), () => undefined, port);
  onTestFinished(() => other.stop());
  const lines: string[] = [];
  const second = await simulated(folder, (line) => lines.push(line));
  expect(second.context.minimaxHost).not.toBe(first.context.minimaxHost);
  expect(lines).toEqual([expect.stringContaining(`Port ${port} of the simulated MiniMax is taken`)]);
});
