import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { startSimulatedMiniMax } from '../cli/minimax-backend.ts';
import type { Video } from '../lambdas/core/api/response.ts';
import { startLocalService } from '../local/local-service.ts';
import type { Scenario } from '../local/simulator/scenario.ts';
import { synthesize } from '../local/synthesize.ts';
import { medianOf, millisecondsOf, ratio, type Table } from './measure.ts';

const TIMES = 101;
const REQUEST = { template_id: '394514820878671878', text_inputs: [{ value: 'A samurai in the rain' }] };

/** How long the callback function takes to answer MiniMax, cold and warm, and to reject a wrong call. */
export async function measureCallback(folder: string): Promise<Table> {
  await using cleanup = new AsyncDisposableStack();
  const { simulator, context, secrets } = await startSimulatedMiniMax();
  cleanup.defer(() => simulator.stop());
  const assembly = join(folder, 'callbacks');
  await synthesize(assembly, { ...context, callbacks: true });
  const service = await startLocalService({
    assembly,
    objectFolder: join(folder, 'callback-objects'),
    secrets,
    pauseMs: 0,
    waitMs: 600_000,
  });
  cleanup.defer(() => service.stop());

  /** Starts a video. @returns its callback_url */
  async function make(scenario: Scenario): Promise<string> {
    const made = simulator.creates.length;
    simulator.script(scenario);
    const answer = await fetch(`${service.url}/videos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(REQUEST),
    });
    const { video_id } = (await answer.json()) as Video;
    while (simulator.creates.length === made) await after(10);
    if (scenario.queries?.[0] === 'Success') {
      while (service.engine.executions.get(video_id)?.status === 'RUNNING') await after(10);
      await service.whenAnnounced(video_id);
    }
    const { callback_url = '' } = (simulator.creates.at(-1)?.body ?? {}) as {
      readonly callback_url?: string;
    };
    return callback_url;
  }

  const call = (url: string, body: string) => async (): Promise<number> =>
    millisecondsOf(async () => (await fetch(url, { method: 'POST', body })).text());
  const challenge = '{"challenge":"9f86d081884c7d65"}';

  const running = await make({ queries: ['Processing'], callbacks: { challenge: 'left out', times: 0 } });
  const coldMs = await call(running, challenge)();
  const ended = await make({ queries: ['Success'] });
  const warmMs = await medianOf(TIMES, call(running, challenge));
  const rows: (readonly [answered: string, ms: number])[] = [
    ['a challenge, cold (once)', coldMs],
    ['a challenge', warmMs],
  ];
  const rejected = {
    'a wrong token': `${running}x`,
    'an unknown video': running.replace(/\/callbacks\/[^/]+/, '/callbacks/unknown'),
    'a video that has ended': ended,
  };
  for (const [who, url] of Object.entries(rejected)) rows.push([who, await medianOf(TIMES, call(url, '{}'))]);
  return {
    title: `Answers of the callback function on the local service (median of ${TIMES})`,
    rows: rows.map(([answered, ms]) => ({
      answered,
      ms: ms.toFixed(1),
      'of a warm challenge': ratio(ms, warmMs),
    })),
  };
}
