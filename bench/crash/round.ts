import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Simulator } from '../../local/simulator/simulator.ts';
import type { startService } from './killable-service.ts';
import type { Phase } from './phases.ts';
import { type AskedVideo, ask } from './requests.ts';

/** A video that is asked for in this phase, added to all of them. */
export function newVideo(phase: Phase, asked: AskedVideo[]): AskedVideo {
  const key = randomUUID();
  const video = { key, text: `video ${asked.length}`, phase: phase.name, otherIds: [], times: 0 };
  asked.push(video);
  return video;
}

interface Round {
  readonly starting: ReturnType<typeof startService>;
  readonly news: readonly AskedVideo[];
  readonly asked: readonly AskedVideo[];
  readonly simulator: Simulator;
  readonly random: () => number;
}

/** Sends the requests of a round, with those that had no answer and some that had, and comes back when it is time to kill. */
export async function inPhase(
  phase: Phase,
  { starting, news, asked, simulator, random }: Round,
): Promise<void> {
  if (phase.name === 'start') {
    starting.up.catch(() => undefined);
    return after(random() * 1_500);
  }
  const { url } = await starting.up;
  const again = asked.filter(
    (video) => !news.includes(video) && (video.videoId === undefined || random() < 0.1),
  );
  const answered = Promise.all(again.map((video) => ask(url, video)));
  if (phase.name !== 'claim') await answered;
  for (const _video of news) simulator.script(phase.script);
  const sent = Promise.all(news.map((video) => ask(url, video)));
  if (phase.name !== 'claim') await sent;
  await phase.moment(simulator, random);
}
