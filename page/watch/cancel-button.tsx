import { useRef, useState } from 'preact/hooks';
import { client, messageOf } from '../connection.ts';
import { Problem } from '../parts/problem.tsx';
import { T } from '../strings.ts';

interface Props {
  readonly videoId: string;
  /** What MiniMax may charge. */
  readonly cost: string;
  readonly onCancelled: () => void;
}

/** Cancels a video, after it has said what that does not do. */
export function CancelButton({ videoId, cost, onCancelled }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);

  async function cancel(): Promise<void> {
    setIsBusy(true);
    try {
      await client.cancel(videoId);
      onCancelled();
    } catch (error) {
      setProblem(messageOf(error));
    }
    setIsBusy(false);
    dialog.current?.close();
  }

  return (
    <>
      <p class="row">
        <button type="button" disabled={isBusy} onClick={() => dialog.current?.showModal()}>
          {T.cancel}
        </button>
      </p>
      <Problem text={problem} />
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">{T.cancelTitle}</h2>
        <p>{T.cancelDetail}</p>
        <p>{T.cancelCost(cost)}</p>
        <p>{T.cancelLater}</p>
        <p class="row">
          {/* The first button has the focus. */}
          <button type="button" class="main" disabled={isBusy} onClick={() => dialog.current?.close()}>
            {T.cancelNo}
          </button>
          <button type="button" disabled={isBusy} onClick={() => void cancel()}>
            {isBusy ? T.cancelling : T.cancelYes}
          </button>
        </p>
      </dialog>
    </>
  );
}
