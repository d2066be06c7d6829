import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Simulator } from '../../local/simulator/simulator.ts';
import type { startService } from './killable-service.ts';
import type { Phase } from './phases.ts';
import { type AskedVideo, ask } from './requests.ts';

/** A new video to be requested in this phase, added to `asked`. */
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

/** Sends the new requests of a round, repeats unanswered and some answered ones, and returns at the moment of the kill. */
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
  for (const _video of news) simulator.script(phase.scenario);
  const sent = Promise.all(news.map((video) => ask(url, video)));
  if (phase.name !== 'claim') await sent;
  await phase.moment(simulator, random);
}
