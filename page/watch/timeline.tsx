import { useState } from 'preact/hooks';
import type { FailedTry, Visit, Workflow } from '../../client/index.ts';
import { durationBetween, formatTime } from '../format.ts';
import { Guarded } from '../parts/guarded.tsx';
import { T } from '../strings.ts';
import { nextTry } from './next-try.ts';

interface Props {
  readonly visits: readonly Visit[];
  readonly workflow: Workflow | undefined;
  readonly now: number;
}

/** How many visits are shown at first. A video that is checked for hours has hundreds. */
const SHOWN = 30;

/** The visits of the states, oldest first. */
export function Timeline({ visits, workflow, now }: Props) {
  const [held, setHeld] = useState(Number.POSITIVE_INFINITY);
  const hidden = Math.min(held, Math.max(0, visits.length - SHOWN));
  // No later visit may take away the one that a person reads.
  const hold = () => setHeld(hidden);
  if (visits.length === 0) return <p>{T.timelineEmpty}</p>;
  return (
    <>
      {hidden > 0 && (
        <button type="button" onClick={() => setHeld(0)}>
          {T.earlierVisits(hidden)}
        </button>
      )}
      <ol class="timeline" start={hidden + 1} onFocusIn={hold} onPointerDown={hold}>
        {visits.slice(hidden).map((visit, index) => (
          <li key={hidden + index} class={visit.left_at === undefined ? 'here' : undefined}>
            <Guarded>
              <VisitRow visit={visit} workflow={workflow} now={now} />
            </Guarded>
          </li>
        ))}
      </ol>
    </>
  );
}

interface VisitRowProps {
  readonly visit: Visit;
  readonly workflow: Workflow | undefined;
  readonly now: number;
}

function VisitRow({ visit, workflow, now }: VisitRowProps) {
  const { state, entered_at, left_at, failed_tries, job } = visit;
  const isHere = left_at === undefined;
  const next = isHere && workflow !== undefined ? nextTry(workflow, visit, now) : undefined;
  return (
    <>
      <strong>{state}</strong> <time dateTime={entered_at}>{formatTime(entered_at)}</time>{' '}
      <span class="hint">
        {isHere ? `${T.here}, ` : ''}
        {durationBetween(entered_at, left_at ?? now)}
      </span>
      {failed_tries.length > 0 && (
        <ul class="tries">
          {failed_tries.map((each) => (
            <TryRow key={each.failed_at} failed={each} />
          ))}
          {next === undefined ? undefined : <li>{next}</li>}
        </ul>
      )}
      {job === undefined ? undefined : (
        <details>
          <summary>{T.jobDocument}</summary>
          <pre>{JSON.stringify(job, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

function TryRow({ failed: { failed_at, error, title, detail } }: { readonly failed: FailedTry }) {
  return (
    <li>
      <time dateTime={failed_at}>{formatTime(failed_at)}</time> {T.failedTry(error, title)}
      {detail === undefined ? undefined : <span class="hint"> {detail}</span>}
    </li>
  );
}
