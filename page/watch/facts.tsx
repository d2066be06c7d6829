import type { ComponentChildren } from 'preact';
import type { Video } from '../../client/index.ts';
import { nameOf, spentOf, templateOf, useCatalogue } from '../catalogue.ts';
import { useReach } from '../connection.ts';
import { durationBetween, formatTime } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { T } from '../strings.ts';

interface Props {
  readonly video: Video;
  readonly now: number;
}

/** What is known of a video, in a few lines. */
export function Facts({ video, now }: Props) {
  const { catalogue } = useCatalogue();
  const { isSimulated } = useReach();
  const { video_id, created_at, finished_at, task_id, polls = 0, metadata } = video;
  const note = metadata?.note;
  return (
    <>
      <dl class="facts">
        <Fact name={T.template}>{nameOf(video.template_id, catalogue)}</Fact>
        <Fact name={T.cost}>
          {spentOf(templateOf(video.template_id, catalogue)?.price_usd, spentSoFar(video), isSimulated)}
        </Fact>
        <Fact name={T.started}>{formatTime(created_at)}</Fact>
        <Fact name={finished_at === undefined ? T.age : T.took}>
          {durationBetween(created_at, finished_at ?? now)}
        </Fact>
        {task_id === undefined ? undefined : <Fact name={T.task}>{task_id}</Fact>}
        {polls > 0 && <Fact name={T.checks}>{T.checked(polls)}</Fact>}
        {typeof note === 'string' && <Fact name={T.note}>{note}</Fact>}
        <Fact name={T.videoId}>
          <code>{video_id}</code>
        </Fact>
      </dl>
      <CopyButton text={location.href} label={T.copyAddress} />
    </>
  );
}

/** Whether money was spent, as far as a video has come. */
function spentSoFar({ error, status }: Video): string {
  if (error !== undefined) return error.money_spent;
  return status === 'succeeded' ? 'yes' : 'maybe';
}

/** What is happening now, in one line. */
export function Progress({ video, now }: Props) {
  const { status, state, next_check_at, retrying, finished_at } = video;
  const seconds = next_check_at === undefined ? Number.NaN : (Date.parse(next_check_at) - now) / 1000;
  return (
    <>
      <p class="progress">
        <StatusMark status={status} />
        {state === undefined ? '' : ` · ${state}`}
        {Number.isNaN(seconds) ? undefined : (
          <span class="next"> · {T.nextCheck(Math.max(0, Math.ceil(seconds)))}</span>
        )}
        {retrying === undefined ? undefined : (
          <span class="wrong"> · {T.retrying(retrying.title, retrying.failed_tries)}</span>
        )}
      </p>
      {finished_at === undefined && <p class="hint">{T.goesOn}</p>}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
