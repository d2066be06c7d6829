import { useState } from 'preact/hooks';
import { useLoaded } from '../parts/hooks.ts';
import { Problem } from '../parts/problem.tsx';
import { client, messageOf } from '../service.ts';
import { T } from '../strings.ts';
import { Player } from '../watch/player.tsx';

/** Asks for a fresh link, and plays the file in the list. */
export function PlayHere({ videoId }: { readonly videoId: string }) {
  const [round, setRound] = useState(0);
  const { value, error } = useLoaded(`${videoId} ${round}`, (signal) => client.get(videoId, { signal }));
  if (error !== undefined) return <Problem text={messageOf(error)} />;
  return value === undefined ? (
    <p>{T.loading}</p>
  ) : (
    <Player video={value} onExpired={() => setRound(round + 1)} />
  );
}
