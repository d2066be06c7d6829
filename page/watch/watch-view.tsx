import { useEffect, useState } from 'preact/hooks';
import type { Video } from '../../client/index.ts';
import { nameOf, useCatalogue } from '../catalogue.ts';
import { sentFor } from '../make/draft.ts';
import { useLoaded, useNow } from '../parts/hooks.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { client, useReach } from '../service.ts';
import { useShared } from '../shared.ts';
import { T } from '../strings.ts';
import { CancelButton } from './cancel-button.tsx';
import { Facts } from './facts.tsx';
import { Failure } from './failure.tsx';
import { followVideo, type Watched } from './follow.ts';
import { Graph } from './graph.tsx';
import { Player } from './player.tsx';
import { Timeline } from './timeline.tsx';

/** One video: where it is, what has happened, and what can be done. */
export function WatchView({ videoId }: { readonly videoId: string }) {
  const [round, setRound] = useState(0);
  const watched = useShared<Watched>(`video ${videoId} ${round}`, followVideo(videoId));
  const again = (): void => setRound(round + 1);
  const { video, problem } = watched ?? {};
  const { unknownVideo } = useReach();
  useProgressAnnounced(video);
  if (problem !== undefined)
    return (
      <>
        <Problem text={problem} />
        <button type="button" onClick={again}>
          {T.lookAgain}
        </button>
      </>
    );
  if (watched === undefined || video === undefined)
    return <p>{unknownVideo === videoId ? T.notShownYet : T.loading}</p>;
  return <Watching watched={watched} video={video} onAgain={again} />;
}

interface WatchingProps {
  readonly watched: Watched;
  readonly video: Video;
  readonly onAgain: () => void;
}

function Watching({ watched, video, onAgain }: WatchingProps) {
  const { visits, request, isHistoryGone } = watched;
  const isOver = video.finished_at !== undefined;
  const now = useNow(!isOver);
  const { catalogue } = useCatalogue();
  const { value: workflow } = useLoaded('workflow', (signal) => client.workflow({ signal }));
  return (
    <>
      <h1>{video.template_id === undefined ? T.video : nameOf(video.template_id, catalogue)}</h1>
      <Warnings videoId={video.video_id} />
      <Facts video={video} now={now} />
      {video.status === 'succeeded' && <Player video={video} onExpired={onAgain} />}
      {video.error === undefined ? undefined : <Failure video={video} request={request} onAgain={onAgain} />}
      {!isOver && <CancelButton videoId={video.video_id} onCancelled={onAgain} />}
      <h2>{T.graph}</h2>
      {workflow === undefined ? (
        <p>{T.loading}</p>
      ) : (
        <Graph
          workflow={workflow}
          visits={visits}
          state={video.state}
          isRetrying={video.retrying !== undefined}
        />
      )}
      <h2>{T.timeline}</h2>
      {isHistoryGone ? <p>{T.timelineGone}</p> : <Timeline visits={visits} workflow={workflow} now={now} />}
      {request === undefined ? undefined : (
        <details>
          <summary>{T.request}</summary>
          <pre>{JSON.stringify(request, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

/** What the service could not check when the request was sent from this tab. */
function Warnings({ videoId }: { readonly videoId: string }) {
  const { warnings = [] } = sentFor(videoId) ?? {};
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} class="notice money">
          {warning}
        </p>
      ))}
    </>
  );
}

/** A screen reader hears each new status and state, and not each check. */
function useProgressAnnounced(video: Video | undefined): void {
  const { status, state } = video ?? {};
  useEffect(() => {
    if (status !== undefined) announce(T.announce(T.statuses[status] ?? status, state));
  }, [status, state]);
}
