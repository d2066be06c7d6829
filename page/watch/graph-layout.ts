import type { Workflow } from '../../client/index.ts';
import { type Arrow, toArrow, toLanes } from './graph-arrows.ts';
import { BOX, type Box, type Edge, GAP, MARGIN, ROW } from './graph-boxes.ts';

type State = Workflow['States'][string];

/** A picture of the states, in units of SVG. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Lays out a definition from its start downwards: each state in the row behind the longest way to it. */
export function layOut({ StartAt, States }: Workflow): Layout {
  const edges = edgesOf(States);
  const forward = withoutReturns(StartAt, edges);
  const rows = orderRows(toRows(Object.keys(States), forward), edges);
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const inner = columns * (BOX.width + GAP.x) - GAP.x;
  const boxes = rows.flatMap((row, index) => placeRow(row, index, inner, States));
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const width = inner + 2 * MARGIN;
  return {
    width,
    height: rows.length * ROW - GAP.y + 8,
    boxes,
    arrows: edges.flatMap((edge) => toArrow(edge, byName, { width, ofTarget: toLanes(edges) })),
  };
}

/** Every way from a state to another one. */
export function edgesOf(states: Workflow['States']): readonly Edge[] {
  const all = Object.entries(states).flatMap(([from, state]) => edgesFrom(from, state));
  const known = all.filter(({ to }) => Object.hasOwn(states, to));
  return known.filter(
    (edge, index) => known.findIndex((other) => other.from === edge.from && other.to === edge.to) === index,
  );
}

function edgesFrom(from: string, { Next, Default, Choices = [], Catch = [] }: State): readonly Edge[] {
  const usual = [...Choices.map((choice) => choice.Next), Default, Next];
  const caught = Catch.map((each) => each.Next);
  return [
    ...usual.flatMap((to) => (to === undefined ? [] : [{ from, to, isCatch: false }])),
    ...caught.map((to) => ({ from, to, isCatch: true })),
  ];
}

/** The edges of a search from the start that lead back to no state on the way. */
function withoutReturns(start: string, edges: readonly Edge[]): readonly Edge[] {
  const onTheWay = new Set<string>();
  const done = new Set<string>();
  const kept: Edge[] = [];
  function visit(name: string): void {
    onTheWay.add(name);
    for (const edge of edges.filter(({ from }) => from === name)) {
      if (onTheWay.has(edge.to)) continue;
      kept.push(edge);
      if (!done.has(edge.to)) visit(edge.to);
    }
    onTheWay.delete(name);
    done.add(name);
  }
  visit(start);
  return kept;
}

/** The names by the length of the longest way to each. States without a way are in the first row. */
function toRows(names: readonly string[], forward: readonly Edge[]): readonly (readonly string[])[] {
  const depths = new Map(names.map((name) => [name, 0]));
  const depthOf = (name: string): number => depths.get(name) ?? 0;
  // A way has at most as many edges as there are states.
  for (const _ of names)
    for (const { from, to } of forward) depths.set(to, Math.max(depthOf(to), depthOf(from) + 1));
  const count = Math.max(...names.map(depthOf)) + 1;
  return Array.from({ length: count }, (_, depth) => names.filter((name) => depthOf(name) === depth));
}

/** Orders each row by the middle of the places of those that lead to it, so that fewer arrows cross. */
function orderRows(
  rows: readonly (readonly string[])[],
  edges: readonly Edge[],
): readonly (readonly string[])[] {
  const places = new Map<string, number>();
  return rows.map((row) => {
    const weightOf = (name: string): number => {
      const above = edges.filter(({ to }) => to === name).flatMap(({ from }) => places.get(from) ?? []);
      return above.length === 0 ? 0.5 : above.reduce((sum, place) => sum + place, 0) / above.length;
    };
    const ordered = row.toSorted((one, other) => weightOf(one) - weightOf(other));
    for (const [index, name] of ordered.entries()) places.set(name, (index + 0.5) / ordered.length);
    return ordered;
  });
}

function placeRow(
  row: readonly string[],
  index: number,
  inner: number,
  states: Workflow['States'],
): readonly Box[] {
  const width = row.length * (BOX.width + GAP.x) - GAP.x;
  const left = MARGIN + (inner - width) / 2;
  return row.map((name, column) => ({
    name,
    type: states[name]?.Type ?? '',
    x: left + column * (BOX.width + GAP.x),
    y: 4 + index * ROW,
  }));
}
