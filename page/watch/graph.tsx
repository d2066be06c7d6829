import { useMemo } from 'preact/hooks';
import type { Visit, Workflow } from '../../client/index.ts';
import { T } from '../strings.ts';
import type { Arrow } from './graph-arrows.ts';
import { BOX, type Box } from './graph-boxes.ts';
import { layOut } from './graph-layout.ts';

interface Props {
  readonly workflow: Workflow;
  readonly visits: readonly Visit[];
  /** The state in which the video is. Undefined after its end. */
  readonly state: string | undefined;
  readonly isRetrying: boolean;
}

/** The states of the definition, with those that a video has visited. */
export function Graph({ workflow, visits, state, isRetrying }: Props) {
  const layout = useMemo(() => layOut(workflow), [workflow]);
  const counts = countVisits(visits);
  const ways = new Set(visits.slice(1).map((visit, index) => `${visits[index]?.state}>${visit.state}`));
  const isGone = ({ from, to }: Arrow): boolean => ways.has(`${from}>${to}`);
  return (
    <svg
      class="graph"
      role="img"
      aria-label={T.graphLabel(state, counts.size)}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      <ArrowHead />
      {/* Later ones are drawn above earlier ones. */}
      {[...layout.arrows.filter((arrow) => !isGone(arrow)), ...layout.arrows.filter(isGone)].map((arrow) => (
        <path key={`${arrow.from}>${arrow.to}`} class={arrowClass(arrow, isGone(arrow))} d={arrow.path} />
      ))}
      {layout.boxes.map((box) => (
        <StateBox
          key={box.name}
          box={box}
          count={counts.get(box.name) ?? 0}
          isHere={box.name === state}
          isRetrying={isRetrying}
        />
      ))}
    </svg>
  );
}

function ArrowHead() {
  return (
    <defs>
      <marker
        id="head"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="10"
        markerHeight="10"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0 0 L8 4 L0 8 z" />
      </marker>
    </defs>
  );
}

interface StateBoxProps {
  readonly box: Box;
  readonly count: number;
  readonly isHere: boolean;
  readonly isRetrying: boolean;
}

function StateBox({ box: { name, x, y }, count, isHere, isRetrying }: StateBoxProps) {
  const look = isHere
    ? isRetrying
      ? 'state here retrying'
      : 'state here'
    : count > 0
      ? 'state seen'
      : 'state';
  return (
    <g class={look} data-state={name}>
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="8" />
      <text x={x + BOX.width / 2} y={y + BOX.height / 2 + 5} text-anchor="middle">
        {count > 1 ? `${name} ×${count}` : name}
      </text>
    </g>
  );
}

function arrowClass({ isCatch }: Arrow, isGone: boolean): string {
  return `arrow${isCatch ? ' catch' : ''}${isGone ? ' gone' : ''}`;
}

function countVisits(visits: readonly Visit[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of visits) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
