import { useState } from 'preact/hooks';
import type { Video } from '../../client/index.ts';
import { nameOf, useCatalogue } from '../catalogue.ts';
import { formatBytes, formatTime } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Problem } from '../parts/problem.tsx';
import { T } from '../strings.ts';
import { fileAddress, fileName } from './file-address.ts';

interface Props {
  readonly video: Video;
  /** Asks for a new link. */
  readonly onExpired: () => void;
  /** Whether it plays at once. @default false */
  readonly isPlaying?: boolean;
}

/** The file of a video: played, downloaded, or its link copied. */
export function Player({ video, onExpired, isPlaying = false }: Props) {
  const address = fileAddress(video);
  const { catalogue } = useCatalogue();
  const [isBroken, setIsBroken] = useState(false);
  if (video.deleted_at !== undefined) return <p>{T.fileDeleted(formatTime(video.deleted_at))}</p>;
  if (address === undefined || !video.video) return null;
  const { url, url_expires_at, bytes } = video.video;
  const isExpired = (): boolean => Date.parse(url_expires_at) < Date.now();
  const renewed = (event: Event): void => {
    if (!isExpired()) return;
    event.preventDefault();
    onExpired();
  };
  return (
    <section aria-label={T.videoLabel(video.video_id)}>
      {/* biome-ignore lint/a11y/useMediaCaption: MiniMax makes no captions. */}
      <video
        controls
        autoplay={isPlaying}
        preload="metadata"
        playsInline
        src={address}
        aria-label={T.videoLabel(video.video_id)}
        onError={() => (isExpired() ? onExpired() : setIsBroken(true))}
      />
      {isBroken && <Problem text={T.cannotPlay} />}
      <p class="row">
        <a
          class="button"
          href={address}
          download={fileName(video, nameOf(video.template_id, catalogue))}
          onClick={renewed}
        >
          {T.download} · {formatBytes(bytes)}
        </a>
        <CopyButton text={url} label={T.copyLink} />
        <span class="hint">{T.linkNote(formatTime(url_expires_at))}</span>
      </p>
    </section>
  );
}
