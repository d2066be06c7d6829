import type { Video } from '../../client/index.ts';
import { useReach } from '../connection.ts';
import { shortId } from '../format.ts';
import { hrefOf } from '../route.ts';
import { T } from '../strings.ts';

/** The video whose request a form was filled in from. */
export interface Earlier {
  readonly video: Video;
  /** Whether its history had the request. */
  readonly isRequestKnown: boolean;
}

/** Says what a new request from an earlier one costs, and where the earlier one has not failed. */
export function EarlierNote({ video, isRequestKnown }: Earlier) {
  const { isSimulated } = useReach();
  const name = shortId(video.video_id);
  const isFree = isSimulated === true || video.error?.money_spent === 'no';
  return (
    <div class="notice">
      {video.error === undefined && (
        <p class="wrong">
          {T.earlierNotFailed(T.statuses[video.status] ?? video.status)}{' '}
          <a href={hrefOf(video.video_id)}>{name}</a>
        </p>
      )}
      <p>{isFree ? T.madeFrom(name) : T.chargedAgain(name)}</p>
      {isRequestKnown ? undefined : <p>{T.requestUnknown}</p>}
    </div>
  );
}
