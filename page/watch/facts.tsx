import type { ComponentChildren } from 'preact';
import type { Video } from '../../client/index.ts';
import { nameOf, templateOf, useCatalogue } from '../catalogue.ts';
import { durationBetween, formatDollars, formatTime } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { useReach } from '../service.ts';
import { T } from '../strings.ts';

interface Props {
  readonly video: Video;
  readonly now: number;
}

/** What is known of a video, in a few lines. */
export function Facts({ video, now }: Props) {
  const { catalogue } = useCatalogue();
  const { video_id, status, created_at, finished_at, task_id, polls = 0, metadata } = video;
  const note = metadata?.note;
  return (
    <>
      <dl class="facts">
        <Fact name={T.status}>
          <StatusMark status={status} />
          {video.state === undefined ? '' : ` · ${video.state}`}
          <Waiting video={video} now={now} />
        </Fact>
        <Fact name={T.template}>{nameOf(video.template_id, catalogue)}</Fact>
        <Fact name={T.cost}>
          <Cost video={video} />
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

function Cost({ video: { template_id, error } }: Pick<Props, 'video'>) {
  const { catalogue } = useCatalogue();
  const { isSimulated } = useReach();
  if (isSimulated === true) return <>{T.free}</>;
  const usd = templateOf(template_id, catalogue)?.price_usd;
  const price = typeof usd === 'number' ? T.price(formatDollars(usd)) : T.priceUnknown;
  return <>{error === undefined ? price : T.costOf(price, T.spent[error.money_spent] ?? '')}</>;
}

function Waiting({ video: { next_check_at, retrying }, now }: Props) {
  const seconds =
    next_check_at === undefined ? undefined : Math.ceil((Date.parse(next_check_at) - now) / 1000);
  return (
    <>
      {seconds === undefined || Number.isNaN(seconds) ? undefined : (
        <span class="next"> · {T.nextCheck(Math.max(0, seconds))}</span>
      )}
      {retrying === undefined ? undefined : (
        <span class="wrong"> · {T.retrying(retrying.title, retrying.failed_tries)}</span>
      )}
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
