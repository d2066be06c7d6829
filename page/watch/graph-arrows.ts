import { BOX, type Box, type Edge, ROW } from './graph-boxes.ts';

export interface Arrow extends Edge {
  /** The path of SVG. */
  readonly path: string;
}

/** Between two arrows side by side. */
const LANE = 6;

/** A lane for each state that several ways lead to. */
export function toLanes(edges: readonly Edge[]): ReadonlyMap<string, number> {
  const targets = [...new Set(edges.map(({ to }) => to))];
  const many = targets.filter((name) => edges.filter(({ to }) => to === name).length > 1);
  return new Map(many.map((name, lane) => [name, lane]));
}

/** Where the arrows that go around the boxes run: one lane for all to the same state. */
export interface Lanes {
  readonly width: number;
  readonly ofTarget: ReadonlyMap<string, number>;
}

/** An arrow to the next row is a curve. Another one runs between the rows and beside the boxes, so that it crosses no box. */
export function toArrow(edge: Edge, boxes: ReadonlyMap<string, Box>, lanes: Lanes): readonly Arrow[] {
  const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
  if (from === undefined || to === undefined) return [];
  const isNext = to.y > from.y && to.y - from.y <= ROW;
  return [{ ...edge, path: isNext ? downwards(from, to) : around(from, to, lanes) }];
}

function downwards(from: Box, to: Box): string {
  const [x1, y1] = [centre(from), from.y + BOX.height];
  const [x2, y2] = [centre(to), to.y];
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

function around(from: Box, to: Box, { width, ofTarget }: Lanes): string {
  const lane = ofTarget.get(to.name) ?? 0;
  const isLeft = centre(from) + centre(to) <= width;
  const beside = 4 + lane * LANE;
  const x = isLeft ? beside : width - beside;
  const shift = (isLeft ? -1 : 1) * (8 + lane * LANE);
  const below = from.y + BOX.height + 6 + lane * LANE;
  const above = to.y - 12 - lane * 2;
  const start = centre(from) + shift;
  const end = centre(to) + shift;
  return rounded([
    [start, from.y + BOX.height],
    [start, below],
    [x, below],
    [x, above],
    [end, above],
    [end, to.y],
  ]);
}

type Point = readonly [x: number, y: number];

const RADIUS = 5;

/** Straight lines with rounded corners. */
function rounded(points: readonly Point[]): string {
  const [[x, y] = [0, 0], ...others] = points;
  const parts = others.map((point, index) => {
    const after = others[index + 1];
    const before = points[index] ?? point;
    if (after === undefined) return `L${point.join(' ')}`;
    return `L${towards(point, before).join(' ')} Q${point.join(' ')} ${towards(point, after).join(' ')}`;
  });
  return `M${x} ${y} ${parts.join(' ')}`;
}

function towards([x, y]: Point, [x2, y2]: Point): Point {
  const step = (from: number, to: number): number =>
    from + Math.sign(to - from) * Math.min(RADIUS, Math.abs(to - from) / 2);
  return [step(x, x2), step(y, y2)];
}

function centre({ x }: Box): number {
  return x + BOX.width / 2;
}
