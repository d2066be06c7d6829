import { useState } from 'preact/hooks';
import type { Catalogue, ListedVideo } from '../../client/index.ts';
import { nameOf, spentOf, useCatalogue } from '../catalogue.ts';
import { useReach } from '../connection.ts';
import { durationBetween, formatTime, shortId } from '../format.ts';
import { Guarded } from '../parts/guarded.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { hrefOf } from '../route.ts';
import { T } from '../strings.ts';
import { PlayHere } from './play-here.tsx';

interface Props {
  readonly videos: readonly ListedVideo[];
  readonly now: number;
}

export function VideoTable({ videos, now }: Props) {
  const { catalogue } = useCatalogue();
  const { isSimulated } = useReach();
  return (
    <table class="videos">
      <caption class="heard">{T.listCaption}</caption>
      <thead>
        <tr>
          {[T.videoColumn, T.status, T.started, T.tookOrAge, T.cost, T.actions].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {withKeys(videos).map(([key, video]) => (
          <Guarded key={key}>
            <VideoRow video={video} now={now} catalogue={catalogue} isSimulated={isSimulated} />
          </Guarded>
        ))}
      </tbody>
    </table>
  );
}

/** A row keeps its key, and with it what plays in it, while others come above it. An id may be there twice in what is broken. */
function withKeys(videos: readonly ListedVideo[]): readonly (readonly [key: string, video: ListedVideo])[] {
  const counts = new Map<string, number>();
  return videos.map((video) => {
    const { video_id } = video;
    const count = (counts.get(video_id) ?? 0) + 1;
    counts.set(video_id, count);
    return [`${video_id} ${count}`, video];
  });
}

interface RowProps {
  readonly video: ListedVideo;
  readonly now: number;
  readonly catalogue: Catalogue | undefined;
  readonly isSimulated: boolean | undefined;
}

function VideoRow({ video, now, catalogue, isSimulated }: RowProps) {
  const [isPlaying, setIsPlaying] = useState(false);
  const { video_id, status, template_id, created_at, finished_at } = video;
  return (
    <>
      <tr>
        <th scope="row">
          <a href={hrefOf(video_id)} title={video_id}>
            {nameOf(template_id, catalogue)}
          </a>
          <span class="note">{noteOf(video)}</span>
          <span class="hint">{shortId(video_id)}</span>
        </th>
        <td data-name={T.status}>
          <StatusMark status={status} />
          {video.error === undefined ? undefined : <span class="hint"> {video.error.title}</span>}
        </td>
        <td data-name={T.started}>{formatTime(created_at)}</td>
        <td data-name={T.tookOrAge}>{durationBetween(created_at, finished_at ?? now)}</td>
        <td data-name={T.cost}>{spentOf(video.cost?.estimated_usd, video.cost?.money_spent, isSimulated)}</td>
        <td data-name={T.actions}>
          {video.video === undefined ? undefined : (
            <PlayButton videoId={video_id} isPlaying={isPlaying} onToggle={() => setIsPlaying(!isPlaying)} />
          )}
        </td>
      </tr>
      {isPlaying && (
        <tr>
          <td colSpan={6}>
            <PlayHere videoId={video_id} />
          </td>
        </tr>
      )}
    </>
  );
}

interface PlayButtonProps {
  readonly videoId: string;
  readonly isPlaying: boolean;
  readonly onToggle: () => void;
}

function PlayButton({ videoId, isPlaying, onToggle }: PlayButtonProps) {
  return (
    <button type="button" aria-expanded={isPlaying} onClick={onToggle}>
      {isPlaying ? T.hide : T.play}
      <span class="heard"> {videoId}</span>
    </button>
  );
}

/** The note that the form of the page writes, or nothing. */
function noteOf({ metadata }: ListedVideo): string {
  const note = metadata?.note;
  return typeof note === 'string' ? note : '';
}
