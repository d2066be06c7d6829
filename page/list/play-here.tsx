import { useState } from 'preact/hooks';
import { client, messageOf } from '../connection.ts';
import { useLoaded } from '../parts/hooks.ts';
import { Problem } from '../parts/problem.tsx';
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
    <Player video={value} isPlaying onExpired={() => setRound(round + 1)} />
  );
}
