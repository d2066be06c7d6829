import { useEffect, useState } from 'preact/hooks';
import type { Video } from '../../client/index.ts';
import { costOf, nameOf, templateOf, useCatalogue } from '../catalogue.ts';
import { client, messageOf, useReach } from '../connection.ts';
import { sentFor } from '../make/draft.ts';
import { useLoaded, useNow } from '../parts/hooks.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { T } from '../strings.ts';
import { useOnce } from '../tabs.ts';
import { CancelButton } from './cancel-button.tsx';
import { Facts, Progress } from './facts.tsx';
import { Failure } from './failure.tsx';
import { followVideo, type Watched } from './follow.ts';
import { Graph } from './graph.tsx';
import { Player } from './player.tsx';
import { Timeline } from './timeline.tsx';

/** One video: where it is, what has happened, and what can be done. */
export function WatchView({ videoId }: { readonly videoId: string }) {
  const [round, setRound] = useState(0);
  const watched = useOnce<Watched>(`video ${videoId}`, followVideo(videoId), round);
  const again = (): void => setRound(round + 1);
  const { video, problem } = watched ?? {};
  const { unknownVideo } = useReach();
  useProgressAnnounced(video);
  const isLoading = video === undefined && problem === undefined;
  return (
    <>
      {isLoading && <p>{unknownVideo === videoId ? T.notShownYet : T.loading}</p>}
      {video === undefined && problem !== undefined && <h1>{T.video}</h1>}
      <Problem text={problem} />
      {problem === undefined ? undefined : (
        <button type="button" onClick={again}>
          {T.lookAgain}
        </button>
      )}
      {watched !== undefined && video !== undefined && (
        <Watching watched={watched} video={video} onAgain={again} />
      )}
    </>
  );
}

interface WatchingProps {
  readonly watched: Watched;
  readonly video: Video;
  readonly onAgain: () => void;
}

function Watching({ watched, video, onAgain }: WatchingProps) {
  const { catalogue } = useCatalogue();
  const isOver = video.finished_at !== undefined;
  const now = useNow(!isOver);
  const { isSimulated } = useReach();
  const cost = costOf(templateOf(video.template_id, catalogue)?.price_usd, isSimulated);
  return (
    <>
      <h1>{video.template_id === undefined ? T.video : nameOf(video.template_id, catalogue)}</h1>
      <Warnings videoId={video.video_id} />
      <Progress video={video} now={now} />
      {video.status === 'succeeded' && <Player video={video} onExpired={onAgain} />}
      {video.error === undefined ? undefined : <Failure video={video} onAgain={onAgain} />}
      {!isOver && <CancelButton videoId={video.video_id} cost={cost} onCancelled={onAgain} />}
      <Facts video={video} now={now} />
      <Way watched={watched} video={video} now={now} />
    </>
  );
}

interface WayProps extends Pick<WatchingProps, 'watched' | 'video'> {
  readonly now: number;
}

/** The states of the workflow, and when the video was in each. */
function Way({ watched: { history, historyProblem = '' }, video, now }: WayProps) {
  const { value: workflow, error } = useLoaded('workflow', (signal) => client.workflow({ signal }));
  const { visits = [], request } = history ?? {};
  const isLoading = history === undefined && historyProblem === '';
  return (
    <>
      <h2>{T.graph}</h2>
      {workflow === undefined ? (
        <WorkflowMissing error={error} />
      ) : (
        <Graph
          workflow={workflow}
          visits={visits}
          state={video.state}
          isRetrying={video.retrying !== undefined}
        />
      )}
      <h2>{T.timeline}</h2>
      <Problem text={historyProblem === '' ? '' : T.historyFailed(historyProblem)} />
      {isLoading && <p>{T.loading}</p>}
      {history === undefined ? undefined : <Timeline visits={visits} workflow={workflow} now={now} />}
      {request === undefined ? undefined : (
        <details>
          <summary>{T.request}</summary>
          <pre>{JSON.stringify(request, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

function WorkflowMissing({ error }: { readonly error: unknown }) {
  return error === undefined ? <p>{T.loading}</p> : <Problem text={messageOf(error)} />;
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
