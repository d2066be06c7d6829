import { formatTime } from '../format.ts';
import { VIDEOS } from '../route.ts';
import { T } from '../strings.ts';
import { dropDraft } from './draft.ts';
import { dropPending, type Pending } from './pending.ts';

interface Props {
  readonly pending: Pending;
  readonly onSend: () => void;
}

/** A request may have been accepted. It can only be sent again as it was, or be given up. */
export function UnknownOutcome({ pending, onSend }: Props) {
  function giveUp(): void {
    dropPending(pending);
    dropDraft();
    location.hash = VIDEOS;
  }
  return (
    <div class="notice wrong" role="alert">
      <p>{T.outcomeUnknown(formatTime(new Date(pending.at).toISOString()))}</p>
      <p>{T.keyIs(pending.draft.key)}</p>
      <p class="row">
        <button type="button" class="main" onClick={onSend}>
          {T.sendAgain}
        </button>
        <button type="button" onClick={giveUp}>
          {T.giveUp}
        </button>
      </p>
      <p>{T.giveUpWarning(pending.isSimulated === true)}</p>
    </div>
  );
}
