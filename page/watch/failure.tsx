import { useState } from 'preact/hooks';
import type { Video } from '../../client/index.ts';
import { templateOf, useCatalogue } from '../catalogue.ts';
import { client, messageOf, useReach } from '../connection.ts';
import { formatDollars } from '../format.ts';
import { sentFor } from '../make/draft.ts';
import { Problem } from '../parts/problem.tsx';
import { hrefOf, makeHref } from '../route.ts';
import { T } from '../strings.ts';

interface Props {
  readonly video: Video;
  readonly onAgain: () => void;
}

/** Why a video has no file, what that cost, and the button that does what the cause advises. */
export function Failure({ video, onAgain }: Props) {
  const { error, status } = video;
  if (error === undefined) return null;
  return (
    <section class={status === 'cancelled' ? 'failure stopped' : 'failure'} aria-label={T.failed}>
      <h2>{error.title}</h2>
      <p>
        <Money video={video} />
      </p>
      <Advice video={video} retry={error.retry} onAgain={onAgain} />
      <p class="cause">
        <code>{error.type}</code> {error.detail}
      </p>
    </section>
  );
}

function Money({ video: { error, template_id } }: { readonly video: Video }) {
  const { isSimulated } = useReach();
  const { catalogue } = useCatalogue();
  if (error === undefined) return null;
  if (isSimulated === true) return <>{T.moneySimulated}</>;
  const usd = templateOf(template_id, catalogue)?.price_usd;
  const isSpent = error.money_spent !== 'no' && typeof usd === 'number';
  return (
    <>
      {T.moneySpent[error.money_spent]} {isSpent ? T.estimate(formatDollars(usd)) : ''}
    </>
  );
}

interface AdviceProps {
  readonly video: Video;
  readonly retry: string;
  readonly onAgain: () => void;
}

function Advice({ video, retry, onAgain }: AdviceProps) {
  if (retry === 'adopt' && video.task_id !== undefined) return <Adopt video={video} taskId={video.task_id} />;
  if (retry === 'same_key') return <SameKey videoId={video.video_id} />;
  if (retry === 'new_request') return <NewRequest video={video} />;
  return (
    <>
      <p>{T.never}</p>
      <button type="button" onClick={onAgain}>
        {T.lookAgain}
      </button>
    </>
  );
}

function Adopt({ video, taskId }: { readonly video: Video; readonly taskId: string }) {
  // The key is made from the video, so that a second click follows the first one.
  const start = async () => {
    const idempotencyKey = `adopt ${await digestOf(video.video_id)}`;
    return client.adopt(taskId, { idempotencyKey, metadata: video.metadata });
  };
  return <StartButton label={T.adopt} note={T.adoptNote} start={start} />;
}

/** An id that was given in the console may have characters that no key has. */
async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function SameKey({ videoId }: { readonly videoId: string }) {
  const sent = sentFor(videoId);
  if (sent === undefined) return <p>{T.sameKeyUnknown}</p>;
  const start = () => client.start(sent.request, { idempotencyKey: sent.key });
  return <StartButton label={T.sameKey} note={T.sameKeyNote} start={start} />;
}

function NewRequest({ video }: { readonly video: Video }) {
  const { isSimulated } = useReach();
  const isCharged = isSimulated !== true;
  return (
    <>
      <a class="button main" href={makeHref({ from: video.video_id })}>
        {T.newRequest}
      </a>
      <p class="hint">{T.newRequestNote(isCharged)}</p>
    </>
  );
}

interface StartButtonProps {
  readonly label: string;
  readonly note: string;
  readonly start: () => Promise<{ readonly video_id: string }>;
}

/** Starts what can be repeated without a second charge, and shows the video. */
function StartButton({ label, note, start }: StartButtonProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState('');
  async function go(): Promise<void> {
    setIsBusy(true);
    setProblem('');
    try {
      location.hash = hrefOf((await start()).video_id);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setIsBusy(false);
  }
  return (
    <>
      <button type="button" class="main" disabled={isBusy} onClick={() => void go()}>
        {label}
      </button>
      <p class="hint">{note}</p>
      <Problem text={problem} />
    </>
  );
}
